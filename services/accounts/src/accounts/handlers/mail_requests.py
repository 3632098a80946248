"""Requests that have a mail sent to whoever are limited: for each network, and where somebody is signed in, for them.

The limit for each address (domain/registration.py) keeps one mailbox from being flooded; these keep anybody from having
mails sent to a whole town. That of a network is wide enough for a school that registers behind one address.
"""

from datetime import timedelta

from accounts.domain.attempts import Window
from accounts.domain.credentials import EMAIL_CHANGES_A_DAY, Credentials
from accounts.handlers.guesses import Visitor, seconds_until
from accounts.handlers.parts import Parts
from accounts.store import attempts as store
from shared.runtime.postgres import Connection

DAY = timedelta(days=1)


class TooManyRequests(Exception):  # noqa: N818 - reads as what happened
    """The network or the account has to wait; `retry_after` says how long, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


async def count_request(parts: Parts, visitor: Visitor) -> None:
    """Counts a request of the visitor's network. Raises TooManyRequests."""
    now = parts.clock()
    subject = parts.keyed_digest(b"mails asked from network", visitor.network.encode())
    async with parts.connection() as connection:
        waits_until = await store.count_in_window(connection, Window(subject, parts.network_requests), now)
    if waits_until is not None:
        raise TooManyRequests(seconds_until(waits_until, now))


async def count_email_change(parts: Parts, transaction: Connection, account: Credentials) -> None:
    """Counts another address that somebody asks for. Raises TooManyRequests."""
    now = parts.clock()
    subject = parts.keyed_digest(b"addresses asked by account", account.account_id.bytes)
    waits_until = await store.count_in_window(transaction, Window(subject, EMAIL_CHANGES_A_DAY, DAY), now)
    if waits_until is not None:
        raise TooManyRequests(seconds_until(waits_until, now))
