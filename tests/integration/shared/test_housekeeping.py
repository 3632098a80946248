"""The runtime's tables have partitions ahead and lose what is old; a job runs in one place at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from shared.contracts.topics import Lane
from shared.runtime import housekeeping
from shared.runtime.day_partitions import keep_days, partition_name
from shared.runtime.events import new_id
from shared.runtime.housekeeping import (
    ARCHIVE,
    ARCHIVE_DAYS_AHEAD,
    forget_old_events,
    keep_archive,
    measure_outbox,
)
from shared.runtime.postgres import Connection, Pool
from shared.runtime.scheduler import Job, run_alone

WAITS = """
INSERT INTO outbox (lane, slot, topic, key, headers, value, created_at)
SELECT $1, number % 4, 'topic', 'key', '{}', '', now() - number * interval '1 second'
FROM generate_series($2::integer, 1, -1) AS number
"""
"""Rows of a lane, the first of which has waited for as many seconds as there are."""


async def partitions(pool: Pool) -> set[str]:
    rows = await pool.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox_archive'::regclass"
    )
    return {row["name"] for row in rows}


async def test_the_archive_keeps_seven_days_and_has_three_ahead(pool: Pool) -> None:
    now = datetime.now(UTC)
    async with pool.acquire() as connection:
        for days in (20, 12, 5, 0):
            await keep_days(connection, ARCHIVE, days_ahead=ARCHIVE_DAYS_AHEAD, now=now - timedelta(days=days))
        await keep_archive(connection)
    kept = await partitions(pool) - {"outbox_archive_default"}
    assert min(kept) >= partition_name("outbox_archive", now.date() - ARCHIVE.age)
    assert {partition_name("outbox_archive", now.date() + timedelta(days=day)) for day in range(4)} <= kept
    assert partition_name("outbox_archive", now.date() - timedelta(days=4)) in kept


async def test_rows_that_found_no_day_move_to_theirs(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO outbox_archive SELECT 1, 'bulk', 0, 'topic', 'key', '{}', '', now(), now() - interval '2 days'"
    )
    async with pool.acquire() as connection:
        await keep_archive(connection)
    two_days_ago = datetime.now(UTC).date() - timedelta(days=2)
    assert partition_name("outbox_archive", two_days_ago) in await partitions(pool)
    assert await pool.fetchval("SELECT count(*) FROM ONLY outbox_archive_default") == 0
    assert await pool.fetchval("SELECT count(*) FROM outbox_archive") == 1


async def test_the_inbox_forgets_what_no_replay_can_bring(pool: Pool) -> None:
    await pool.execute(
        "INSERT INTO inbox SELECT gen_random_uuid(), now() - interval '31 days' FROM generate_series(1, 25000)"
    )
    fresh = new_id()
    await pool.execute("INSERT INTO inbox VALUES ($1)", fresh)
    async with pool.acquire() as connection:
        assert await forget_old_events(connection) == 25_000
    assert await pool.fetchval("SELECT event_id FROM inbox") == fresh


async def test_the_outbox_tells_how_much_waits_in_each_lane_and_for_how_long(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "COUNTED_UP_TO", 50)
    await pool.execute(WAITS, "security", 3)
    await pool.execute(WAITS, "roster", 100)
    async with pool.acquire() as connection:
        await measure_outbox(connection)
    depth, oldest = (
        {lane.value: REGISTRY.get_sample_value(f"dzwonek_outbox_{name}", {"lane": lane}) or 0 for lane in Lane}
        for name in ("depth", "oldest_seconds")
    )
    assert depth == {"security": 3, "direct": 0, "bulk": 0, "roster": 50}
    assert (oldest["direct"], oldest["bulk"]) == (0, 0)
    assert 3 <= oldest["security"] < 60
    assert 100 <= oldest["roster"] < 160


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
