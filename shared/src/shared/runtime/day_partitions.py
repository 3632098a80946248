"""Tables partitioned by day: days ahead of time, and the old dropped.

Every such table has a default partition, so that no insert ever fails for want of a day; rows that fell into it move to
their day when it is added.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog

from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

log = structlog.get_logger()
SQL = load_queries("shared.runtime", "day_partitions.sql")


@dataclass(frozen=True, slots=True)
class DayTable:
    """A table partitioned by the day of `column` (a date, or an instant in UTC), kept for `age`."""

    name: str
    column: str
    age: timedelta


async def keep_days(connection: Connection, table: DayTable, *, days_ahead: int, now: datetime) -> None:
    """Adds today, the days ahead and those of rows that found none; drops the days that are too old."""
    today = now.astimezone(UTC).date()
    there = {row["name"] for row in await connection.fetch(SQL["partitions"], table.name)}
    strayed = {row["day"] for row in await connection.fetch(await _statement(connection, "strayed", table))}
    ahead = {today + timedelta(days=number) for number in range(days_ahead + 1)}
    for day in sorted(ahead | strayed):
        if (name := partition_name(table.name, day)) not in there:
            await _change(connection, await _adding(connection, table, day))
            there.add(name)
    oldest_kept = partition_name(table.name, today - table.age)
    for name in sorted(there):
        if not name.endswith("_default") and name < oldest_kept:
            await _change(connection, await connection.fetchval("SELECT format('DROP TABLE %I', $1::text)", name))
            log.info("partition_dropped", partition=name)


def partition_name(table: str, day: date) -> str:
    """The name of the partition of `table` for `day`; names sort by day."""
    return f"{table}_{day:y%Ym%md%d}"


async def _statement(connection: Connection, name: str, table: DayTable) -> str:
    return str(await connection.fetchval(SQL[name], table.name, table.column))


async def _adding(connection: Connection, table: DayTable, day: date) -> str:
    name = partition_name(table.name, day)
    return str(await connection.fetchval(SQL["adding"], name, table.name, table.column, day))


async def _change(connection: Connection, statements: str) -> None:
    """Changes the tables, or gives up soon rather than make everybody wait behind it."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '2s'")
        await connection.execute(statements)
