"""What an account is protected by, and the links that change it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from accounts.domain.credentials import Credentials
from accounts.domain.tokens import Purpose, StoredToken
from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "credentials.sql")


@dataclass(frozen=True)
class WholeAccount:
    """An account as its owner may have it."""

    account_id: UUID
    email: str = field(repr=False)
    language: str
    age_bracket: str
    registered_at: datetime
    activated_at: datetime
    terms_version: str
    deletion_at: datetime | None
    second_factor: bool


async def of_address(connection: Connection, email_key: str) -> Credentials | None:
    """The active account of an address."""
    row = await connection.fetchrow(SQL["credentials_of_address"], email_key)
    return _credentials(row) if row else None


async def of_address_on_device(
    connection: Connection, email_key: str, device_hashes: Sequence[bytes]
) -> tuple[Credentials | None, bytes | None]:
    """The active account of an address, and which of the device's hashes it knows."""
    row = await connection.fetchrow(SQL["credentials_of_address_on_device"], email_key, device_hashes)
    return (_credentials(row), row["known_device"]) if row else (None, None)


async def of_account(connection: Connection, account_id: UUID) -> Credentials | None:
    """An active account."""
    row = await connection.fetchrow(SQL["credentials"], account_id)
    return _credentials(row) if row else None


async def whole(connection: Connection, account_id: UUID) -> WholeAccount | None:
    """All that is kept of an active account itself, but for what protects it."""
    row = await connection.fetchrow(SQL["whole_account"], account_id)
    return WholeAccount(**row) if row else None


async def lock(connection: Connection, account_id: UUID) -> Credentials | None:
    """An active account, which nobody else changes until the transaction ends."""
    row = await connection.fetchrow(SQL["lock_credentials"], account_id)
    return _credentials(row) if row else None


async def change_password(
    connection: Connection,
    account_id: UUID,
    password_hash: str,
    now: datetime,
    *,
    token_hash: bytes | None,
    events: Sequence[Event[EventData]],
) -> None:
    """Sets a password, with the token of the link or by somebody who knew the old one; other links end."""
    await connection.execute(
        SQL["change_password"], account_id, password_hash, now, token_hash, *outbox_columns(events)
    )


async def ask_for_reset(
    connection: Connection,
    account_id: UUID,
    now: datetime,
    *,
    token_hash: bytes,
    expires_at: datetime,
    address_digest: bytes,
    event: Event[EventData],
) -> None:
    """Keeps the token of a link that sets a password; earlier ones are revoked."""
    await connection.execute(
        SQL["ask_for_reset"], account_id, now, token_hash, expires_at, address_digest, *outbox_columns([event])
    )


async def wait_in_line(connection: Connection, digest: bytes) -> None:
    """Lets those who do something at one address come one after the other, until each one's transaction ends."""
    await connection.execute(SQL["wait_in_line"], int.from_bytes(digest[:8], signed=True))


async def reset_ends_at(connection: Connection, account_id: UUID | None) -> datetime | None:
    """When the link that sets a password and still works runs out."""
    ends_at: datetime | None = await connection.fetchval(SQL["reset_ends_at"], account_id)
    return ends_at


async def token(connection: Connection, token_hash: bytes) -> StoredToken | None:
    """What is kept of the token with this hash."""
    row = await connection.fetchrow(SQL["token"], token_hash)
    return StoredToken(**row) if row else None


async def add_token(
    connection: Connection, token_hash: bytes, account_id: UUID, purpose: Purpose, expires_at: datetime
) -> None:
    """Keeps a token."""
    await connection.execute(SQL["add_token"], token_hash, account_id, purpose, expires_at)


async def use_token(connection: Connection, token_hash: bytes, now: datetime) -> bool:
    """Spends a token; false when it was spent or revoked in this moment."""
    return bool(await connection.fetchval(SQL["use_token"], token_hash, now))


def _credentials(row: asyncpg.Record) -> Credentials:
    return Credentials(
        account_id=row["account_id"],
        version=row["version"],
        language=row["language"],
        email=row["email"],
        password_hash=row["password_hash"],
        second_factor=row["second_factor"],
        second_factor_step=row["second_factor_step"],
        deletion_at=row["deletion_at"],
    )
