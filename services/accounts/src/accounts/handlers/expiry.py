"""Registrations that nobody activated in 14 days end: what was entered is deleted, here and by the event elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.events import registration as events
from accounts.store import registrations as store
from shared.runtime.postgres import Connection

CHUNK = 500


async def expire_due_registrations(connection: Connection, now: datetime) -> int:
    """Ends every registration whose time is over, in chunks. Returns how many; safe beside another that does it."""
    total = 0
    while seen := await store.due_to_expire(connection, now, CHUNK):
        gone = await expire_registrations(connection, seen, now)
        if not gone:  # others end these, or they were activated this moment
            break
        total += gone
    return total


async def expire_registrations(connection: Connection, seen: Sequence[tuple[UUID, int]], now: datetime) -> int:
    """Ends the registrations that are still as seen (id, version). Returns how many."""
    facts = [events.registration_expired(account_id, version, now) for account_id, version in seen]
    return await store.expire(connection, seen, facts)
