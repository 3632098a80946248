"""Somebody who knows the password guesses at the code: the owner is told, once a day."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from accounts.domain.attempts import FREE_CODES, Window
from accounts.domain.credentials import Credentials
from accounts.events import credentials as events
from accounts.handlers.parts import Parts
from accounts.handlers.proving import WrongCode
from accounts.store import attempts, credentials, second_factor

TOLD_EVERY = timedelta(days=1)


@asynccontextmanager
async def told_of(parts: Parts, account: Credentials, codes: int) -> AsyncIterator[None]:
    """Around what spends a code: a wrong one, of which none is free any more, is told to the owner.

    `codes` is how many count with it. The first that is refused would be too late: who waits in between has none
    refused.
    """
    try:
        yield
    except WrongCode:
        if codes >= FREE_CODES:
            await _tell(parts, account)
        raise


async def _tell(parts: Parts, account: Credentials) -> None:
    subject, now = parts.keyed_digest(b"codes told", account.account_id.bytes), parts.clock()
    async with parts.transaction() as transaction:
        locked = await credentials.lock(transaction, account.account_id)
        if locked and not await attempts.count_in_window(transaction, Window(subject, 1, TOLD_EVERY), now):
            event = events.second_factor_guessed(locked, now)
            await second_factor.tell_of_guesses(transaction, account.account_id, event)
