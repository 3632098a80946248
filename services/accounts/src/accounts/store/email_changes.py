"""Addresses that wait to be confirmed."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import Account
from accounts.store.registrations import account_in
from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "email_changes.sql")


@dataclass(frozen=True)
class EmailChange:
    """The address that an account waits for."""

    account_id: UUID
    email: EmailAddress = field(repr=False)
    requested_at: datetime


async def ask(
    connection: Connection,
    account_id: UUID,
    email: EmailAddress,
    now: datetime,
    *,
    token_hash: bytes,
    expires_at: datetime,
    event: Event[EventData],
) -> None:
    """Keeps the address and the token of the link that confirms it, in place of earlier ones."""
    await connection.execute(
        SQL["ask_for_change"],
        account_id,
        now,
        token_hash,
        expires_at,
        email.text,
        email.key,
        *outbox_columns([event]),
    )


async def of_token(connection: Connection, token_hash: bytes) -> EmailChange | None:
    """The change that a link confirms."""
    row = await connection.fetchrow(SQL["change_of_token"], token_hash)
    return EmailChange(row["account_id"], EmailAddress(row["email"]), row["requested_at"]) if row else None


async def of_account(connection: Connection, account_id: UUID) -> EmailChange | None:
    """The change that an account waits for."""
    row = await connection.fetchrow(SQL["change_of_account"], account_id)
    return EmailChange(row["account_id"], EmailAddress(row["email"]), row["requested_at"]) if row else None


async def holder(connection: Connection, email: EmailAddress) -> Account | None:
    """The account that has an address, locked until the transaction ends."""
    row = await connection.fetchrow(SQL["holder_of_address"], email.key)
    return account_in(row) if row else None


async def change(
    connection: Connection,
    account_id: UUID,
    email: EmailAddress,
    now: datetime,
    *,
    token_hash: bytes,
    event: Event[EventData],
) -> bool:
    """Gives the account its new address; links that were mailed to the old one end.

    False when somebody registered the address in this moment; the transaction goes on.
    """
    try:
        async with connection.transaction():  # a savepoint
            await connection.execute(
                SQL["change_address"], account_id, email.text, email.key, now, token_hash, *outbox_columns([event])
            )
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name != "accounts_email_key_key":
            raise
        return False
    return True
