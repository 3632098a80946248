"""Retention: days are added ahead and dropped by age, keys are cleaned by age (decisions.md, Erasure).

The jobs of the runtime's own tables (inbox, outbox archive) lie in shared.runtime.housekeeping.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from shared.runtime.day_partitions import DayTable, keep_days
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

SQL = load_queries("notifications.retention", "days.sql")
EVERY_SECONDS = 3600.0
CHUNK = 5_000
"""Rows of one delete, so that none holds its locks for long."""


@dataclass(frozen=True, slots=True)
class Ages:
    """How long things are kept. Notices are kept as long as their mails."""

    mails: timedelta
    attempts: timedelta
    notice_keys: timedelta


def jobs(ages: Ages, *, days_ahead: int) -> Sequence[Job]:
    """The jobs, each in one worker at a time; one that was killed half-way is begun again an hour later."""
    tables = (
        DayTable("mails", "created_on", ages.mails),
        DayTable("notices", "created_on", ages.mails),
        DayTable("attempts", "started_on", ages.attempts),
    )
    days = [Job(f"{table.name}_days", EVERY_SECONDS, _now(partial(_keep, table, days_ahead))) for table in tables]
    return [*days, Job("notice_keys_age", EVERY_SECONDS, _now(partial(forget_old_keys, ages.notice_keys)))]


async def _keep(table: DayTable, days_ahead: int, connection: Connection, now: datetime) -> None:
    await keep_days(connection, table, days_ahead=days_ahead, now=now)


async def forget_old_keys(age: timedelta, connection: Connection, now: datetime) -> None:
    """Deletes the dedup keys of long ago, chunk by chunk, each committed on its own."""
    deleted = f"DELETE {CHUNK}"
    while deleted == f"DELETE {CHUNK}":
        deleted = await connection.execute(SQL["clean_notice_keys"], now - age, CHUNK)


def _now(work: Callable[[Connection, datetime], Awaitable[None]]) -> Callable[[Connection], Awaitable[None]]:
    """The work as of the time at which it runs."""

    async def working(connection: Connection) -> None:
        await work(connection, datetime.now(UTC))

    return working
