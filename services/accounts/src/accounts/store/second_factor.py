"""Second factors: being set up, switched on, their recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "second_factor.sql")


async def begin_setup(connection: Connection, account_id: UUID, session_id: UUID, secret: str, now: datetime) -> None:
    """Keeps the encrypted secret of an app that a session sets up, in place of what any session began earlier."""
    await connection.execute(SQL["begin_setup"], account_id, session_id, secret, now)


async def setup(connection: Connection, account_id: UUID, session_id: UUID) -> tuple[str, datetime] | None:
    """The encrypted secret of the app that the session sets up, and since when."""
    row = await connection.fetchrow(SQL["setup"], account_id, session_id)
    return (row["secret"], row["begun_at"]) if row else None


async def switch_on(
    connection: Connection,
    account_id: UUID,
    secret: str,
    step: int,
    *,
    code_hashes: Sequence[bytes],
    event: Event[EventData],
) -> None:
    """Lets signing in ask for a code from now on."""
    await connection.execute(SQL["switch_on"], account_id, secret, step, code_hashes, *outbox_columns([event]))


async def switch_off(connection: Connection, account_id: UUID, event: Event[EventData]) -> None:
    """Lets signing in ask for no code any more."""
    await connection.execute(SQL["switch_off"], account_id, *outbox_columns([event]))


async def use_code(connection: Connection, account_id: UUID, code_hashes: Sequence[bytes], now: datetime) -> bool:
    """Spends the recovery code with one of these hashes; false when there is none like it, or it is spent."""
    return bool(await connection.fetchval(SQL["use_code"], account_id, code_hashes, now))


async def note_step(connection: Connection, account_id: UUID, step: int) -> None:
    """Notes the time step whose code was used."""
    await connection.execute(SQL["note_step"], account_id, step)


async def tell_of_guesses(connection: Connection, account_id: UUID, event: Event[EventData]) -> None:
    """Has the owner of a locked account told that somebody guesses codes."""
    await connection.execute(SQL["tell_of_guesses"], account_id, *outbox_columns([event]))


async def forget_setups(connection: Connection, before: datetime) -> None:
    """Deletes what was begun and never finished."""
    await connection.execute(SQL["forget_setups"], before)
