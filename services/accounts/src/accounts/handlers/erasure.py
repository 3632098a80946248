"""Accounts whose time is over go with everything that belongs to them, here and by the event elsewhere."""

from datetime import datetime
from uuid import UUID

from accounts.events import credentials as events
from accounts.events.links import link_changed
from accounts.handlers.revoking import revoke_all
from accounts.store import credentials, deletions, links
from shared.runtime.postgres import Connection

CHUNK = 100


async def delete_due_accounts(connection: Connection, now: datetime) -> int:
    """Deletes every account whose time is over. Returns how many; safe beside another that does it."""
    total = 0
    while True:
        async with connection.transaction():
            due = await deletions.due(connection, now, CHUNK)
            for account_id in due:
                await _delete(connection, account_id, now)
        total += len(due)
        if len(due) < CHUNK:
            return total


async def _delete(transaction: Connection, account_id: UUID, now: datetime) -> None:
    account = await credentials.lock(transaction, account_id)
    if account is not None:
        await revoke_all(transaction, account_id, "account_deleted", now)
        ended = [link_changed(link.ended(), now) for link in await links.locked_of_account(transaction, account_id)]
        await deletions.delete(transaction, account_id, [*ended, events.account_deleted(account, now)])
