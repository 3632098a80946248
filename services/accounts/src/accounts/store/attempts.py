"""Guesses that failed or are under way, and what a network asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "attempts.sql")


async def blocked_until(connection: Connection, subjects: Sequence[bytes], now: datetime) -> datetime | None:
    """Until when one of the subjects has to wait; None when none has to."""
    instant: datetime | None = await connection.fetchval(SQL["blocked_until"], subjects, now)
    return instant


async def begin_attempt(
    connection: Connection,
    subject: bytes,
    address: bytes,
    now: datetime,
    *,
    forget: timedelta,
    waits: Sequence[timedelta],
) -> bool:
    """Counts an attempt; false when it has to wait.

    `waits` follow one failure, two, and so on; without one for as long as `forget` counting begins anew.
    """
    return bool(await connection.fetchval(SQL["begin_attempt"], subject, address, now, now - forget, waits))


async def count_for_network(
    connection: Connection, subject: bytes, now: datetime, *, limit: int, window: timedelta
) -> None:
    """Counts a failure of a network; at `limit` it waits until its window ends."""
    await connection.execute(SQL["count_for_network"], subject, now, now - window, limit, window)


async def count_request(
    connection: Connection, subject: bytes, now: datetime, *, limit: int, window: timedelta
) -> datetime | None:
    """Counts a request of a network. Where its window has `limit` already: when that ends."""
    instant: datetime | None = await connection.fetchval(
        SQL["count_request"], subject, now, now - window, limit, window
    )
    return instant


async def take_back(connection: Connection, subject: bytes) -> None:
    """Counts the last attempt no longer."""
    await connection.execute(SQL["take_back"], subject)


async def forgive_attempt(connection: Connection, subject: bytes) -> None:
    """Forgets the failures of a subject."""
    await connection.execute(SQL["forgive_attempt"], subject)


async def forgive_address(connection: Connection, address: bytes) -> None:
    """Forgets all failures at the account of an address."""
    await connection.execute(SQL["forgive_address"], address)


async def forget_attempts(connection: Connection, before: datetime) -> None:
    """Deletes what counts no longer."""
    await connection.execute(SQL["forget_attempts"], before)
