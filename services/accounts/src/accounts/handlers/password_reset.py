"""A forgotten password: the link is asked for, looked at, and sets another one. It signs nobody in."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from accounts.domain.credentials import RESET_LIFETIME, Credentials
from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import NO_QUIET, may_mail
from accounts.domain.tokens import LinkRefused, Purpose, TokenFault, new_token, token_fault, token_hash
from accounts.events import credentials as events
from accounts.handlers.parts import Parts
from accounts.handlers.passwords import new_hash
from accounts.handlers.revoking import revoke_all
from accounts.store import attempts, credentials, deletions, registrations
from shared.runtime.postgres import Connection


async def ask_for_reset(parts: Parts, transaction: Connection, email: EmailAddress) -> None:
    """Mails a link to the owner of an active account, else does nothing; the asker is told nothing of it.

    Of two who ask at once one is served: the first link stays good. Mails of other kinds do not count.
    """
    token = new_token()
    sealed_token = parts.sealer.seal(token)  # before anything is known, so that each branch takes the same time
    digest = parts.reset_digest(email)
    await credentials.wait_in_line(transaction, digest)  # whoever has the address: those of an account wait for its row
    found = await credentials.of_address(transaction, email.key)
    account = await credentials.lock(transaction, found.account_id) if found else None
    now = parts.clock()
    mailed_at = await registrations.mailed_at(transaction, digest, now)
    ends_at = await credentials.reset_ends_at(transaction, found.account_id if found else None)
    serves = ends_at is not None and ends_at > now + RESET_LIFETIME - parts.quiet
    if account is None or serves or not may_mail(mailed_at, now, quiet=NO_QUIET):
        return await registrations.note_silence(transaction, digest, now)
    return await credentials.ask_for_reset(
        transaction,
        account.account_id,
        now,
        token_hash=token_hash(token),
        expires_at=now + RESET_LIFETIME,
        address_digest=digest,
        event=events.password_reset_requested(account, sealed_token, now),
    )


async def look_at_reset(parts: Parts, token: str) -> Credentials:
    """The account whose password the link sets. Changes nothing. Raises LinkRefused."""
    async with parts.connection() as connection:
        account = await credentials.of_account(connection, await _owner(parts, connection, token))
    if account is None:
        raise LinkRefused(TokenFault.UNKNOWN)
    return account


async def reset_password(parts: Parts, token: str, password: str) -> None:
    """Sets the password, ends every session, and keeps an account that was to be deleted.

    Raises LinkRefused, PasswordRefused, HashingBusy.
    """
    account = await look_at_reset(parts, token)
    password_hash = await new_hash(parts, password, EmailAddress(account.email))
    async with parts.transaction() as transaction:
        locked = await credentials.lock(transaction, account.account_id)
        await _owner(parts, transaction, token)  # once more: the link may have been used since
        if locked is None:
            raise LinkRefused(TokenFault.UNKNOWN)
        now = parts.clock()
        await revoke_all(transaction, account.account_id, "password_changed", now)
        await credentials.change_password(
            transaction,
            account.account_id,
            password_hash,
            now,
            token_hash=token_hash(token),
            events=[events.password_changed(locked, now, by_reset=True)],
        )
        if locked.deletion_at:
            await _keep(transaction, replace(locked, version=locked.version + 1), now)
        await attempts.forgive_address(transaction, parts.address_digest(EmailAddress(locked.email)))


async def _keep(transaction: Connection, account: Credentials, now: datetime) -> None:
    """Calls the deletion off: it may have been asked for by somebody whose code keeps the owner from signing in."""
    event = events.deletion_cancelled(account, now, by_reset=True)
    await deletions.set_deletion(transaction, account.account_id, None, event)


async def _owner(parts: Parts, connection: Connection, token: str) -> UUID:
    """The account that a link of ours belongs to. Raises LinkRefused."""
    stored = await credentials.token(connection, token_hash(token))
    fault = token_fault(stored, Purpose.PASSWORD_RESET, parts.clock())
    if fault or stored is None:
        raise LinkRefused(fault or TokenFault.UNKNOWN)
    return stored.account_id
