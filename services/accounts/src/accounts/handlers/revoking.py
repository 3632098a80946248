"""Sessions end before their time, and every service is told."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from accounts.events import credentials as events
from accounts.store import sessions
from shared.runtime.postgres import Connection

AT_ONCE = 1000
"""Sessions of one statement where everybody's end."""


async def revoke_all(
    transaction: Connection, account_id: UUID, reason: str, now: datetime, *, keep: UUID | None = None
) -> int:
    """Ends the sessions of an account, which the caller has locked, but for `keep`. Returns how many."""
    found = await sessions.of_account(transaction, account_id, now)
    ended = [session.session_id for session in found if session.session_id != keep]
    return await revoke(transaction, account_id, ended, reason, now)


async def revoke(
    transaction: Connection, account_id: UUID, session_ids: Sequence[UUID], reason: str, now: datetime
) -> int:
    """Ends sessions of an account and tells every service. Returns how many there still were."""
    told = [(session_id, events.session_revoked(account_id, session_id, reason, now)) for session_id in session_ids]
    return await sessions.end(transaction, account_id, told) if told else 0


async def revoke_everybodys(connection: Connection, reason: str, now: datetime) -> AsyncIterator[int]:
    """Ends every session there is and tells every service. Yields how many more; interrupted, the rest goes on."""
    while found := await sessions.some(connection, AT_ONCE):
        told = [
            (session_id, events.session_revoked(account_id, session_id, reason, now))
            for session_id, account_id in found
        ]
        yield await sessions.end(connection, None, told)
