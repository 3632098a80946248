"""Guesses that failed or are under way, and what is counted in a window, such as the failures of a network."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.domain.attempts import Window
from shared.runtime.postgres import Connection
from shared.runtime.sql import columns, load_queries

SQL = load_queries("accounts.store", "attempts.sql")


async def blocked_until(connection: Connection, subject: bytes, now: datetime) -> datetime | None:
    """Until when the subject has to wait; None when it need not."""
    instant: datetime | None = await connection.fetchval(SQL["blocked_until"], subject, now)
    return instant


async def begin_attempt(
    connection: Connection,
    subject: bytes,
    address: bytes,
    now: datetime,
    *,
    forget: timedelta,
    waits: Sequence[timedelta],
) -> int | None:
    """Counts an attempt, and says how many count with it; None when it has to wait.

    `waits` follow one failure, two, and so on; without one for as long as `forget` counting begins anew.
    """
    failures: int | None = await connection.fetchval(SQL["begin_attempt"], subject, address, now, now - forget, waits)
    return failures


async def full_until(connection: Connection, windows: Sequence[Window], now: datetime) -> datetime | None:
    """When the last of the windows ends that have counted up to their limits; None while none has."""
    rows = [(window.subject, window.limit, window.length) for window in windows]
    instant: datetime | None = await connection.fetchval(SQL["full_until"], now, *columns(rows, 3))
    return instant


async def count_in_window(connection: Connection, window: Window, now: datetime) -> datetime | None:
    """Counts one more. Where the window is full already nothing is counted: returns when it ends."""
    instant: datetime | None = await connection.fetchval(
        SQL["count_in_window"], window.subject, now, now - window.length, window.limit, window.length
    )
    return instant


async def take_back(connection: Connection, subject: bytes) -> None:
    """Counts the last attempt no longer."""
    await connection.execute(SQL["take_back"], subject)


async def forgive_attempts(connection: Connection, subjects: Sequence[bytes]) -> None:
    """Forgets the failures of subjects."""
    await connection.execute(SQL["forgive_attempts"], subjects)


async def forgive_address(connection: Connection, address: bytes) -> None:
    """Forgets all failures at the account of an address."""
    await connection.execute(SQL["forgive_address"], address)


async def forget_attempts(connection: Connection, before: datetime) -> None:
    """Deletes what counts no longer."""
    await connection.execute(SQL["forget_attempts"], before)
