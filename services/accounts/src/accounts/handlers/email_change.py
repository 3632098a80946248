"""Somebody who is signed in takes another address: it counts once the link that went there was used."""

from datetime import datetime

from accounts.domain.credentials import EMAIL_CHANGE_LIFETIME
from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import State, may_mail
from accounts.domain.tokens import LinkRefused, Purpose, TokenFault, new_token, token_fault, token_hash
from accounts.events import credentials as events
from accounts.handlers.expiry import expire_registrations
from accounts.handlers.guesses import Visitor
from accounts.handlers.mail_requests import count_email_change
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from accounts.handlers.proving import Proof, proven
from accounts.store import credentials, email_changes, registrations
from accounts.store.email_changes import EmailChange
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection


class AddressUnchanged(Exception):  # noqa: N818 - reads as what happened
    """The account has that address already."""


async def ask_for_email_change(
    parts: Parts, who: SignedIn, proof: Proof, email: EmailAddress, visitor: Visitor
) -> None:
    """Mails a link to the new address and tells the one in use.

    Whether the new one has an account already is not looked at: whoever asks must not learn it, and who reads that
    mailbox does by the link. The limit of mails per address holds, and one for the account.

    Raises AddressUnchanged, TooManyRequests, and what `proven` raises.
    """
    token = new_token()
    sealed_email, sealed_token = parts.sealer.seal(email.text), parts.sealer.seal(token)
    digest = parts.address_digest(email)
    async with proven(parts, who, proof, visitor) as (transaction, account):
        if email.key == EmailAddress(account.email).key:
            raise AddressUnchanged
        await count_email_change(parts, transaction, account)
        now = parts.clock()
        if not may_mail(await registrations.mailed_at(transaction, digest, now), now, parts.quiet):
            return await registrations.note_silence(transaction, digest, now)
        await registrations.note_mail(transaction, digest, now)
        return await email_changes.ask(
            transaction,
            account.account_id,
            email,
            now,
            token_hash=token_hash(token),
            expires_at=now + EMAIL_CHANGE_LIFETIME,
            event=events.email_change_requested(account, sealed_email, sealed_token, now),
        )


async def look_at_email_change(parts: Parts, token: str) -> EmailChange:
    """The address that the link confirms. Changes nothing. Raises LinkRefused."""
    async with parts.connection() as connection:
        return await _change_of(parts, connection, token)


async def confirm_email(parts: Parts, token: str) -> EmailAddress:
    """Gives the account the address that the link was mailed to. Raises LinkRefused, Contended.

    Whoever had begun to register the address without activating it loses that: the mailbox is this person's. An
    address that has an active account keeps it.
    """
    async with parts.transaction() as transaction:
        change = await _change_of(parts, transaction, token)
        account = await credentials.lock(transaction, change.account_id)
        change = await _change_of(parts, transaction, token)  # once more: it may have been used since
        if account is None:
            raise LinkRefused(TokenFault.UNKNOWN)
        now = parts.clock()
        event = events.email_changed(account, parts.sealer.seal(change.email.text), now)
        for _ in range(ATTEMPTS):
            await _make_way(transaction, change.email, now)
            if await email_changes.change(
                transaction, account.account_id, change.email, now, token_hash=token_hash(token), event=event
            ):
                return change.email
    raise Contended


async def _make_way(transaction: Connection, email: EmailAddress, now: datetime) -> None:
    """Ends a registration of the address. Raises LinkRefused when it has an active account."""
    holder = await email_changes.holder(transaction, email)
    if holder and holder.state is State.ACTIVE:
        raise LinkRefused(TokenFault.REVOKED)
    if holder:
        await expire_registrations(transaction, [(holder.account_id, holder.version)], now)


async def _change_of(parts: Parts, connection: Connection, token: str) -> EmailChange:
    change = await email_changes.of_token(connection, token_hash(token))
    # After the change, which goes with the token's use: a token that is good then had its change.
    stored = await credentials.token(connection, token_hash(token))
    fault = token_fault(stored, Purpose.EMAIL_CHANGE, parts.clock())
    if fault or change is None:
        raise LinkRefused(fault or TokenFault.REVOKED)
    return change
