"""Accounts that are to be deleted, and their deletion."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "deletions.sql")


async def set_deletion(
    connection: Connection, account_id: UUID, deletion_at: datetime | None, event: Event[EventData]
) -> None:
    """Notes when the account will be deleted; None: it is kept."""
    await connection.execute(SQL["set_deletion"], account_id, deletion_at, *outbox_columns([event]))


async def due(connection: Connection, now: datetime, limit: int) -> list[UUID]:
    """Accounts whose time is over, locked; those that others are deleting are passed over."""
    return [row["account_id"] for row in await connection.fetch(SQL["due_to_delete"], now, limit)]


async def delete(connection: Connection, account_id: UUID, events: Sequence[Event[EventData]]) -> None:
    """Deletes the account with everything that belongs to it. Its school logins stay, linked with none."""
    await connection.execute(SQL["delete_account"], account_id, *outbox_columns(events))
