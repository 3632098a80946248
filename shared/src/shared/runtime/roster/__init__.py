"""The roster in a service's own database: kept from the roster's topics, asked by its rights, made anew by `rebuild`.

A service that uses it migrates this package beside its own, and lets its worker listen to the topics.
"""

PACKAGE = "shared.runtime.roster"
