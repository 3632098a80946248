"""By what a browser is known again: a cookie with a token for each account that was signed in to with it.

An account knows a browser by a token that was made for the two. What a browser brings and the account has not given it
is worth nothing, so nobody can plant a cookie of their own in somebody's browser and be taken for it afterwards. And a
family at one computer takes no token away from one another.
"""

from collections.abc import Sequence

MOST_TOKENS = 5
"""As many accounts a browser is known by; who was not there for longest makes room."""

_BETWEEN = "."
"""Stands in no token."""


def tokens_in(cookie: str) -> Sequence[str]:
    """The tokens of a cookie, the last used first."""
    return [token for token in cookie.split(_BETWEEN) if token][:MOST_TOKENS]


def cookie_with(token: str, others: Sequence[str]) -> str:
    """The cookie after `token` was used or given."""
    return _BETWEEN.join([token, *(other for other in others if other != token)][:MOST_TOKENS])
