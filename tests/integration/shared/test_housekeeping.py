"""The runtime's tables have partitions ahead and lose what is old; a job runs in one place at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

from shared.runtime.events import new_id
from shared.runtime.housekeeping import (
    ARCHIVE_DAYS,
    ensure_day_partitions,
    forget_old_events,
    keep_archive,
    partition_name,
)
from shared.runtime.postgres import Connection, Pool
from shared.runtime.scheduler import Job, run_alone


async def partitions(pool: Pool) -> set[str]:
    rows = await pool.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox_archive'::regclass"
    )
    return {row["name"] for row in rows}


async def test_the_archive_keeps_seven_days_and_has_three_ahead(pool: Pool) -> None:
    today = datetime.now(UTC).date()
    async with pool.acquire() as connection:
        await ensure_day_partitions(connection, "outbox_archive", first=today - timedelta(days=20), days=20)
        await keep_archive(connection)
        await keep_archive(connection)
    kept = {partition_name("outbox_archive", today + timedelta(days=day)) for day in range(-ARCHIVE_DAYS, 3)}
    assert await partitions(pool) == kept | {"outbox_archive_default"}


async def test_the_inbox_forgets_what_no_replay_can_bring(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO inbox SELECT gen_random_uuid(), now() - interval '31 days' FROM generate_series(1, 25000)"
    )
    fresh = new_id()
    await pool.execute("INSERT INTO inbox VALUES ($1)", fresh)
    async with pool.acquire() as connection:
        assert await forget_old_events(connection) == 25_000
    assert await pool.fetchval("SELECT event_id FROM inbox") == fresh


async def test_a_job_runs_in_one_place_at_a_time(pool: Pool) -> None:
    running, release, runs = asyncio.Event(), asyncio.Event(), 0

    async def work(_: Connection) -> None:
        nonlocal runs
        runs += 1
        running.set()
        await release.wait()

    job = Job("example", 1, work)
    first = asyncio.ensure_future(run_alone(pool, job))
    await running.wait()
    assert await run_alone(pool, job) is False
    release.set()
    assert await first is True
    assert await run_alone(pool, job) is True
    assert runs == 2
