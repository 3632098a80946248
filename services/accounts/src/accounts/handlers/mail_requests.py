"""Requests that have a mail sent to whoever, by somebody who is not signed in, are limited for each network.

The limit for each address (domain/registration.py) keeps one mailbox from being flooded; this one keeps anybody from
having mails sent to a whole town. It is wide enough for a school that registers behind one address.
"""

from accounts.domain.attempts import NETWORK_WINDOW
from accounts.handlers.guesses import Visitor, seconds_until
from accounts.handlers.parts import Parts
from accounts.store import attempts as store


class TooManyRequests(Exception):  # noqa: N818 - reads as what happened
    """The network has to wait; `retry_after` says how long, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


async def count_request(parts: Parts, visitor: Visitor) -> None:
    """Counts a request of the visitor's network. Raises TooManyRequests."""
    now = parts.clock()
    subject = parts.keyed_digest(b"mails asked from network", visitor.network.encode())
    async with parts.connection() as connection:
        waits_until = await store.count_in_window(
            connection, subject, now, limit=parts.network_requests, window=NETWORK_WINDOW
        )
    if waits_until is not None:
        raise TooManyRequests(seconds_until(waits_until, now))
