"""A service that only tells who is signed in: it shows what every service has to do to know, and the demo and the tests
ask it whether a session that ended is refused elsewhere, too.

It has what the others have (a database, an API, a consumer), in one process.
"""

SERVICE = "devstack.guest"
PREFIX = "/guest"
