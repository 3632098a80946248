"""Requests that have a mail sent to whoever are limited: for each network, and where somebody is signed in, for them.

The limit for each address (domain/registration.py) keeps one mailbox from being flooded; these keep anybody from having
mails sent to a whole town. That of a network is wide enough for a school that registers behind one address.
"""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from accounts.domain.attempts import Window
from accounts.domain.credentials import EMAIL_CHANGES_A_DAY, Credentials
from accounts.handlers.guesses import Visitor, seconds_until
from accounts.handlers.parts import Parts
from accounts.store import attempts as store
from shared.runtime.postgres import Connection

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINKS_A_DAY = 30
REISSUES_AN_HOUR = 5
"""Of one login by its school."""

REISSUES_A_DAY = 3
"""Of one login by guardians."""


class TooManyRequests(Exception):  # noqa: N818 - reads as what happened
    """The network or the account has to wait; `retry_after` says how long, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


async def count_request(parts: Parts, visitor: Visitor) -> None:
    """Counts a request of the visitor's network. Raises TooManyRequests."""
    subject = parts.keyed_digest(b"mails asked from network", visitor.network.encode())
    async with parts.connection() as connection:
        await _count(parts, connection, Window(subject, parts.network_requests))


async def count_email_change(parts: Parts, transaction: Connection, account: Credentials) -> None:
    """Counts another address that somebody asks for. Raises TooManyRequests."""
    subject = parts.keyed_digest(b"addresses asked by account", account.account_id.bytes)
    await _count(parts, transaction, Window(subject, EMAIL_CHANGES_A_DAY, DAY))


async def count_link(parts: Parts, transaction: Connection, account: Credentials) -> None:
    """Counts a school login that somebody links, about which they are mailed. Raises TooManyRequests."""
    subject = parts.keyed_digest(b"logins linked by account", account.account_id.bytes)
    await _count(parts, transaction, Window(subject, LINKS_A_DAY, DAY))


async def count_reissue(
    parts: Parts, connection: Connection, login_id: UUID, capacity: Literal["school", "guardian"]
) -> None:
    """Counts a slip that is printed anew. Raises TooManyRequests.

    Nobody keeps the owner of a login out by it for long, and no guardian the school from helping.
    """
    subject = parts.keyed_digest(b"slips printed anew by a " + capacity.encode(), login_id.bytes)
    window = Window(subject, REISSUES_A_DAY, DAY) if capacity == "guardian" else Window(subject, REISSUES_AN_HOUR, HOUR)
    await _count(parts, connection, window)


async def _count(parts: Parts, connection: Connection, window: Window) -> None:
    now = parts.clock()
    waits_until = await store.count_in_window(connection, window, now)
    if waits_until is not None:
        raise TooManyRequests(seconds_until(waits_until, now))
