"""Somebody who is signed in takes another password. Every other session ends."""

from accounts.domain.email_address import EmailAddress
from accounts.events import credentials as events
from accounts.handlers.guesses import Visitor
from accounts.handlers.parts import Parts
from accounts.handlers.passwords import new_hash
from accounts.handlers.proving import Proof, WrongPassword, proven
from accounts.handlers.revoking import revoke_all
from accounts.store import credentials
from shared.runtime.auth.access_tokens import SignedIn


async def change_password(parts: Parts, who: SignedIn, proof: Proof, password: str, visitor: Visitor) -> None:
    """Sets the password after the old one was proven.

    Raises WrongPassword, CodeNeeded, WrongCode, TooManyAttempts, PasswordRefused, HashingBusy.
    """
    async with parts.connection() as connection:
        known = await credentials.of_account(connection, who.account_id)
    if known is None:
        raise WrongPassword
    password_hash = await new_hash(parts, password, EmailAddress(known.email))
    async with proven(parts, who, proof, visitor) as (transaction, account):
        now = parts.clock()
        await revoke_all(transaction, account.account_id, "password_changed", now, keep=who.session_id)
        await credentials.change_password(
            transaction,
            account.account_id,
            password_hash,
            now,
            token_hash=None,
            events=[events.password_changed(account, now, by_reset=False)],
        )
