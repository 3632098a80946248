"""What the runtime's own tables need: partitions ahead of time, and the old gone."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from prometheus_client import Gauge

from shared.runtime.idempotency import forget_old_keys
from shared.runtime.postgres import Connection, Pool
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")

ARCHIVE_DAYS = 7
INBOX_DAYS = 30
CHUNK = 10_000

DEPTH = Gauge("dzwonek_outbox_depth", "Events that wait for the relay", ["lane"])
OLDEST = Gauge("dzwonek_outbox_oldest_seconds", "Age of the event that waits for longest", ["lane"])


def jobs(pool: Pool) -> list[Job]:
    """The jobs that each service's worker runs."""

    async def measure(_: Connection) -> None:
        await measure_outbox(pool)

    return [
        Job("archive_partitions", 3600, keep_archive),
        Job("inbox_age", 3600, forget_old_events),
        Job("idempotency_age", 3600, forget_old_keys),
        Job("outbox_depth", 5, measure),
    ]


async def ensure_day_partitions(connection: Connection, table: str, *, first: date, days: int) -> None:
    """Makes the partitions `table_yYYYYmMMdDD` of `table`, partitioned by a day or an instant, that are missing."""
    for number in range(days):
        day = first + timedelta(days=number)
        name = partition_name(table, day)
        if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", name):
            continue
        statement = await connection.fetchval(
            "SELECT format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',"
            " $1::text, $2::text, $3::date, $4::date)",
            name,
            table,
            day,
            day + timedelta(days=1),
        )
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            await connection.execute(statement)


async def drop_day_partitions(connection: Connection, table: str, *, before: date) -> list[str]:
    """Drops the day partitions of `table` older than `before`. Returns their names."""
    rows = await connection.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass", table
    )
    oldest_kept = partition_name(table, before)
    dropped = [row["name"] for row in rows if not row["name"].endswith("_default") and row["name"] < oldest_kept]
    for name in dropped:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            await connection.execute(await connection.fetchval("SELECT format('DROP TABLE %I', $1::text)", name))
    return dropped


def partition_name(table: str, day: date) -> str:
    """The name of the partition of `table` for `day`; names sort by day."""
    return f"{table}_{day:y%Ym%md%d}"


async def keep_archive(connection: Connection) -> None:
    """Partitions of the outbox archive: three days ahead, seven days back."""
    today = datetime.now(UTC).date()
    await ensure_day_partitions(connection, "outbox_archive", first=today, days=3)
    await drop_day_partitions(connection, "outbox_archive", before=today - timedelta(days=ARCHIVE_DAYS))


async def forget_old_events(connection: Connection) -> int:
    """Deletes inbox rows older than 30 days, in chunks. Returns how many."""
    total = 0
    while True:
        status = await connection.execute(QUERIES["forget_old_events"], timedelta(days=INBOX_DAYS), CHUNK)
        count = int(status.rpartition(" ")[2])
        total += count
        if count < CHUNK:
            return total
        await asyncio.sleep(0)


async def measure_outbox(pool: Pool) -> None:
    """Brings the outbox metrics up to date."""
    rows = {row["lane"]: row for row in await pool.fetch(QUERIES["outbox_depth"])}
    for lane in ("security", "direct", "bulk", "roster"):
        row = rows.get(lane)
        DEPTH.labels(lane).set(row["depth"] if row else 0)
        OLDEST.labels(lane).set(row["oldest_seconds"] if row else 0)
