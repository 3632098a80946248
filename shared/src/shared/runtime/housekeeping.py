"""What the runtime's own tables need: partitions ahead of time, and the old gone."""

import asyncio
from datetime import UTC, datetime, timedelta

from prometheus_client import Gauge

from shared.contracts.topics import Lane
from shared.runtime.day_partitions import DayTable, keep_days
from shared.runtime.idempotency import forget_old_keys
from shared.runtime.outbox import IN_ORDER, SLOTS
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")

ARCHIVE = DayTable("outbox_archive", "published_at", timedelta(days=7))
ARCHIVE_DAYS_AHEAD = 3
INBOX_DAYS = 30
CHUNK = 10_000

COUNTED_UP_TO = 10_000
"""So many rows of a lane: whoever counts a million every few seconds holds up what people wait for."""

DEPTH = Gauge("dzwonek_outbox_depth", f"Events that wait for the relay, at most {COUNTED_UP_TO}", ["lane"])
OLDEST = Gauge("dzwonek_outbox_oldest_seconds", "Age of the first event in line", ["lane"])


def jobs() -> list[Job]:
    """The jobs that each service's worker runs."""
    return [
        Job("archive_partitions", 3600, keep_archive),
        Job("inbox_age", 3600, forget_old_events),
        Job("idempotency_age", 3600, forget_old_keys),
        Job("outbox_depth", 5, measure_outbox),
    ]


async def keep_archive(connection: Connection) -> None:
    """Days of the outbox archive: three ahead, seven back."""
    await keep_days(connection, ARCHIVE, days_ahead=ARCHIVE_DAYS_AHEAD, now=datetime.now(UTC))


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


async def measure_outbox(connection: Connection) -> None:
    """Brings the outbox metrics up to date."""
    async with connection.transaction():
        for name, value in IN_ORDER.items():
            await connection.execute(f"SET LOCAL {name} = {value}")
        rows = await connection.fetch(QUERIES["outbox_depth"], list(Lane), SLOTS, COUNTED_UP_TO)
    for row in rows:
        DEPTH.labels(row["lane"]).set(row["depth"])
        OLDEST.labels(row["lane"]).set(row["oldest_seconds"])
