"""Registration and activation. Guarded statements return whether they found the account as it had been read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from accounts.domain.activation import Link
from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import LIMIT_WINDOW, Account, AgeBracket, Known, Language, State
from accounts.domain.tokens import StoredToken
from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "registrations.sql")


@dataclass(frozen=True)
class PersonalData:
    """What a person enters at registration, the password hashed."""

    email: EmailAddress
    password_hash: str = field(repr=False)
    age_bracket: AgeBracket
    language: Language


@dataclass(frozen=True)
class Mailing:
    """What goes out with a change of an account: the address as the limit counts it, the links, the event."""

    address_digest: bytes
    at: datetime
    event: Event[EventData]
    link_hashes: Sequence[bytes] = ()


async def known_of_address(
    connection: Connection, email: EmailAddress, now: datetime, *, digest: bytes, told_digest: bytes
) -> Known:
    """The account of an address and the mails sent to it in the last hour, by what they are counted for."""
    row = await connection.fetchrow(SQL["known_of_address"], email.key, digest, told_digest, now - LIMIT_WINDOW)
    assert row is not None  # noqa: S101 - the statement always gives one row
    return Known(account_in(row), row["mailed_at"], row["told_at"])


async def mailed_at(connection: Connection, digest: bytes, now: datetime) -> Sequence[datetime]:
    """When mails were sent to an address in the last hour."""
    instants: list[datetime] = await connection.fetchval(SQL["mailed_at"], digest, now - LIMIT_WINDOW)
    return instants


async def register(
    connection: Connection, account_id: UUID, person: PersonalData, expires_at: datetime, mailing: Mailing
) -> bool:
    """Makes a pending account; false when the address has one by now."""
    return bool(
        await connection.fetchval(
            SQL["register"],
            account_id,
            person.email.text,
            person.email.key,
            person.password_hash,
            person.age_bracket,
            person.language,
            mailing.at,
            expires_at,
            mailing.address_digest,
            mailing.link_hashes,
            *outbox_columns([mailing.event]),
        )
    )


async def renew(connection: Connection, account: Account, person: PersonalData | None, mailing: Mailing) -> bool:
    """Replaces the links of a pending account, and with `person` the data but for the address."""
    data = (person.password_hash, person.age_bracket, person.language) if person else (None, None, None)
    return bool(
        await connection.fetchval(
            SQL["renew"],
            account.account_id,
            account.version,
            mailing.at,
            *data,
            mailing.address_digest,
            mailing.link_hashes,
            *outbox_columns([mailing.event]),
        )
    )


async def tell_owner(connection: Connection, account: Account, mailing: Mailing) -> bool:
    """Lets the owner of an active account be told."""
    return bool(
        await connection.fetchval(
            SQL["tell_owner"],
            account.account_id,
            account.version,
            mailing.at,
            mailing.address_digest,
            *outbox_columns([mailing.event]),
        )
    )


async def note_silence(connection: Connection, digest: bytes, now: datetime) -> None:
    """Writes down that somebody asked and nothing is mailed: as much work as when something is."""
    await connection.execute(SQL["note_silence"], digest, now)


async def note_mail(connection: Connection, digest: bytes, now: datetime) -> None:
    """Writes down that a mail goes to the address, for the limit."""
    await connection.execute(SQL["note_mail"], digest, now)


async def link(connection: Connection, token_hash: bytes) -> Link:
    """What is known of the link whose token has this hash."""
    row = await connection.fetchrow(SQL["link"], token_hash)
    if row is None:
        return Link(None)
    token = StoredToken(
        account_id=row["account_id"],
        purpose=row["purpose"],
        expires_at=row["token_expires_at"],
        used_at=row["used_at"],
        revoked_at=row["revoked_at"],
    )
    return Link(token, account_in(row) if row["state"] else None, row["password_hash"])


async def activate(
    connection: Connection, account: Account, at: datetime, terms_version: str, event: Event[EventData]
) -> bool:
    """Makes a pending account active and all its links used."""
    return bool(
        await connection.fetchval(
            SQL["activate"], account.account_id, account.version, at, terms_version, *outbox_columns([event])
        )
    )


async def due_to_expire(connection: Connection, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    """Pending accounts whose time is over, oldest first: id and version."""
    return [tuple(row) for row in await connection.fetch(SQL["due_to_expire"], now, limit)]


async def expire(connection: Connection, seen: Sequence[tuple[UUID, int]], events: Sequence[Event[EventData]]) -> int:
    """Deletes those accounts that still are as seen and nobody else works on. Returns how many."""
    ids, versions = [account_id for account_id, _ in seen], [version for _, version in seen]
    return int(await connection.fetchval(SQL["expire"], ids, versions, *outbox_columns(events)))


async def forget_tokens(connection: Connection, ended_before: datetime, limit: int) -> int:
    """Deletes tokens that ended before an instant, at most `limit`. Returns how many."""
    return _affected(await connection.execute(SQL["forget_tokens"], ended_before, limit))


async def forget_mail_requests(connection: Connection, before: datetime) -> int:
    """Deletes what no limit looks at any more. Returns how many."""
    return _affected(await connection.execute(SQL["forget_mail_requests"], before))


def account_in(row: asyncpg.Record) -> Account | None:
    """The account in a row; None when the row has none."""
    if row["account_id"] is None:
        return None
    return Account(
        account_id=row["account_id"],
        state=State(row["state"]),
        version=row["version"],
        language=row["language"],
        registered_at=row["registered_at"],
        expires_at=row["expires_at"],
    )


def _affected(status: str) -> int:
    return int(status.rpartition(" ")[2])
