"""Somebody has lost the app and the recovery codes: an operator who is convinced of that lets them in again."""

from datetime import datetime

from accounts.domain.credentials import Credentials
from accounts.domain.email_address import EmailAddress
from accounts.events import credentials as events
from accounts.handlers.revoking import revoke_all
from accounts.handlers.second_factor import NotSetUp
from accounts.store import credentials, second_factor
from shared.runtime.postgres import Connection


class NoSuchAccount(Exception):  # noqa: N818 - reads as what is so
    """No active account has the address."""


async def account_with_second_factor(connection: Connection, email: EmailAddress) -> Credentials:
    """The account whose second factor is on. Raises NoSuchAccount, NotSetUp."""
    account = await credentials.of_address(connection, email.key)
    if account is None:
        raise NoSuchAccount
    if account.second_factor is None:
        raise NotSetUp
    return account


async def take_off(transaction: Connection, email: EmailAddress, now: datetime) -> int:
    """Lets signing in ask for no code any more, ends every session, and has the owner told.

    Returns how many sessions ended. Raises NoSuchAccount, NotSetUp.
    """
    found = await account_with_second_factor(transaction, email)
    account = await credentials.lock(transaction, found.account_id)
    if account is None:
        raise NoSuchAccount
    if account.second_factor is None:
        raise NotSetUp
    ended = await revoke_all(transaction, account.account_id, "second_factor_off", now)
    event = events.second_factor_changed(account, now, enabled=False, by_operator=True)
    await second_factor.switch_off(transaction, account.account_id, event)
    return ended
