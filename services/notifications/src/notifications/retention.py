"""Retention: days are added ahead and dropped by age, keys are cleaned by age (decisions.md, Erasure).

The jobs of the runtime's own tables (inbox, outbox archive) lie in shared.runtime.housekeeping.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import structlog

from shared.runtime.housekeeping import drop_day_partitions, partition_name
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

log = structlog.get_logger()

SQL = load_queries("notifications", "retention.sql")
EVERY_SECONDS = 3600.0
CHUNK = 5_000
"""Rows of one delete, so that none holds its locks for long."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How long things are kept. Notices are kept as long as their mails."""

    mails: timedelta
    attempts: timedelta
    notice_keys: timedelta


@dataclass(frozen=True, slots=True)
class DayTable:
    """A table partitioned by day, on `column`."""

    name: str
    column: str
    age: timedelta


def jobs(ages: Ages, *, days_ahead: int) -> Sequence[Job]:
    """The jobs, each in one worker at a time; one that was killed half-way is begun again an hour later."""
    tables = (
        DayTable("mails", "created_on", ages.mails),
        DayTable("notices", "created_on", ages.mails),
        DayTable("attempts", "started_on", ages.attempts),
    )
    days = [Job(f"{table.name}_days", EVERY_SECONDS, _now(partial(keep_days, table, days_ahead))) for table in tables]
    return [*days, Job("notice_keys_age", EVERY_SECONDS, _now(partial(forget_old_keys, ages.notice_keys)))]


async def keep_days(table: DayTable, days_ahead: int, connection: Connection, now: datetime) -> None:
    """Adds the days ahead, and those of rows that found none, and drops the days that are too old."""
    today = now.astimezone(UTC).date()
    there = {row["name"] for row in await connection.fetch(SQL["partitions"], table.name)}
    strayed = {row["day"] for row in await connection.fetch(SQL[f"strayed_{table.name}"])}
    ahead = {today + timedelta(days=number) for number in range(days_ahead + 1)}
    for day in sorted(ahead | strayed):
        if partition_name(table.name, day) not in there:
            await _add(connection, table, day)
    for name in await drop_day_partitions(connection, table.name, before=today - table.age):
        log.info("partition_dropped", partition=name)


async def forget_old_keys(age: timedelta, connection: Connection, now: datetime) -> None:
    """Deletes the dedup keys of long ago, chunk by chunk, each committed on its own."""
    deleted = f"DELETE {CHUNK}"
    while deleted == f"DELETE {CHUNK}":
        deleted = await connection.execute(SQL["clean_notice_keys"], now - age, CHUNK)


async def _add(connection: Connection, table: DayTable, day: date) -> None:
    """Adds a day, or gives up soon rather than make everybody wait behind it."""
    name = partition_name(table.name, day)
    statements = await connection.fetchval(SQL["adding_partition"], name, table.name, table.column, day)
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '2s'")
        await connection.execute(statements)


def _now(work: Callable[[Connection, datetime], Awaitable[None]]) -> Callable[[Connection], Awaitable[None]]:
    """The work as of the time at which it runs."""

    async def working(connection: Connection) -> None:
        await work(connection, datetime.now(UTC))

    return working
