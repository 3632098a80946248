"""Retention: days are added ahead and dropped by age, keys are cleaned by age (decisions.md, Erasure).

Whichever worker takes the advisory lock does the work; it may be killed at any point and is begun again an hour later.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog

from shared.runtime.postgres import Connection, Pool, transient
from shared.runtime.sql import load_queries

log = structlog.get_logger()

SQL = load_queries("notifications", "retention.sql")
LOCK = 0x6E6F746963655F72  # "notice_r"
EVERY = timedelta(hours=1)
CHUNK = 5_000
"""Rows of one delete, so that none holds its locks for long."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How long things are kept."""

    mails: timedelta = timedelta(days=365)
    attempts: timedelta = timedelta(days=90)
    notice_keys: timedelta = timedelta(days=365)
    inbox: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DayTable:
    """A table partitioned by day, on `column`."""

    name: str
    column: str
    age: timedelta


class Retention:
    """The job: `run` is the part of the worker that does it every hour, `once` does it now."""

    def __init__(self, pool: Pool, ages: Ages, *, days_ahead: int) -> None:
        self._pool = pool
        self._ages = ages
        self._days_ahead = days_ahead
        self._tables = (
            DayTable("mails", "created_on", ages.mails),
            DayTable("notices", "created_on", ages.mails),
            DayTable("attempts", "started_on", ages.attempts),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Does the job at start and every hour until `stop`. What is transient waits for the next hour."""
        while not stop.is_set():
            try:
                await self.once(datetime.now(UTC))
            except Exception as error:
                if not transient(error):
                    raise
                log.warning("retention_put_off", error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), EVERY.total_seconds())
            except TimeoutError:
                continue

    async def once(self, now: datetime) -> bool:
        """Does the job as of `now`. False when another worker is at it."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(SQL["try_lock"], LOCK):
                return False
            try:
                for table in self._tables:
                    await self._keep_days(connection, table, now.astimezone(UTC).date())
                await _clean(connection, "clean_notice_keys", now - self._ages.notice_keys)
                await _clean(connection, "clean_inbox", now - self._ages.inbox)
            finally:
                await connection.execute(SQL["unlock"], LOCK)
        return True

    async def _keep_days(self, connection: Connection, table: DayTable, today: date) -> None:
        """Adds the days ahead, and those of rows that found none, and drops the days that are too old."""
        there = {row["day"]: row["name"] for row in await connection.fetch(SQL["partitions"], table.name)}
        strayed = {row["day"] for row in await connection.fetch(SQL[f"strayed_{table.name}"])}
        ahead = {today + timedelta(days=n) for n in range(self._days_ahead + 1)}
        await _add(connection, table, sorted((ahead | strayed) - there.keys()))
        there |= {day: f"{table.name}_{day:%Y%m%d}" for day in strayed}
        await _drop(connection, (name for day, name in sorted(there.items()) if day < today - table.age))


async def _add(connection: Connection, table: DayTable, days: Iterable[date]) -> None:
    for day in days:
        statements = await connection.fetchval(SQL["adding_partition"], table.name, table.column, day)
        await _change(connection, statements)


async def _drop(connection: Connection, names: Iterable[str]) -> None:
    for name in names:
        await _change(connection, await connection.fetchval(SQL["dropping_partition"], name))
        log.info("partition_dropped", partition=name)


async def _change(connection: Connection, statements: str) -> None:
    """Changes the tables, or gives up soon rather than make everybody wait behind it."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '2s'")
        await connection.execute(statements)


async def _clean(connection: Connection, statement: str, before: datetime) -> None:
    """Deletes what is older than `before`, chunk by chunk, each committed on its own."""
    deleted = f"DELETE {CHUNK}"
    while deleted == f"DELETE {CHUNK}":
        deleted = await connection.execute(SQL[statement], before, CHUNK)
