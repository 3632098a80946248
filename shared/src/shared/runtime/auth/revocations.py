"""Sessions that ended before their time: each service keeps a table of them from `SessionRevoked`."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.envelope import Event
from shared.contracts.sessions import SessionRevoked
from shared.runtime.auth.access_tokens import LEEWAY
from shared.runtime.consumer import Handled, Handlers
from shared.runtime.postgres import Connection, Pool
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")
FORGET_SECONDS = 60


class Revocations:
    """What the API asks: the table in the service's own database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def revoked(self, session_id: UUID) -> bool:
        """Whether the session ended before its time. Raises what asyncpg raises: without an answer nobody is let in."""
        return bool(await self._pool.fetchval(QUERIES["is_revoked"], session_id))


def listen(handlers: Handlers) -> None:
    """Lets the worker keep the table. It reads the topic `ACCOUNTS_SESSION` in its security group."""
    handlers.on(SessionRevoked, _session_revoked)


def forgetting() -> Job:
    """The job that forgets sessions whose tokens have all run out."""
    return Job("revoked_sessions_age", FORGET_SECONDS, _forget)


async def _session_revoked(tx: Connection, events: Sequence[Event[SessionRevoked]]) -> Handled:
    ids = [event.data.session_id for event in events]
    until = [event.data.tokens_end_at + 2 * LEEWAY for event in events]
    await tx.execute(QUERIES["revoke_sessions"], ids, until)
    return Handled()


async def _forget(connection: Connection) -> None:
    await connection.execute(QUERIES["forget_revoked_sessions"])
