"""Partitions are there ahead of their day and go by age; dedup keys are forgotten after theirs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.integration.notifications.worker_world import WorkerWorld

from notifications.retention import days
from notifications.retention.days import Ages, forget_old_keys
from shared.runtime.day_partitions import DayTable, keep_days
from shared.runtime.postgres import Pool
from shared.runtime.scheduler import run_alone

NOW = datetime(2025, 3, 1, 0, 30, tzinfo=UTC)
MAILS = DayTable("mails", "created_on", timedelta(days=365))
AGES = Ages(mails=timedelta(days=365), attempts=timedelta(days=90), notice_keys=timedelta(days=365))


async def partitions(pool: Pool, table: str) -> list[str]:
    rows = await pool.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::text::regclass", table
    )
    return sorted(row["name"] for row in rows)


async def keep(pool: Pool, table: DayTable, now: datetime) -> None:
    async with pool.acquire() as connection:
        await keep_days(connection, table, days_ahead=3, now=now)


async def insert_mail(pool: Pool, day: date) -> None:
    await pool.execute(
        "INSERT INTO mails (mail_id, created_on, account_id, lane, kind, thread_id, created_at)"
        " VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'bulk', 'welcome', 't', now())",
        day,
    )


async def test_today_and_the_three_days_ahead_have_their_partitions(pool: Pool) -> None:
    await keep(pool, MAILS, NOW)
    await keep(pool, MAILS, NOW)
    assert await partitions(pool, "mails") == [
        "mails_default",
        "mails_y2025m03d01",
        "mails_y2025m03d02",
        "mails_y2025m03d03",
        "mails_y2025m03d04",
    ]


async def test_a_day_goes_when_it_is_too_old_and_not_before(pool: Pool) -> None:
    await keep(pool, MAILS, NOW)
    await insert_mail(pool, NOW.date())
    await keep(pool, MAILS, NOW + timedelta(days=365))
    assert "mails_y2025m03d01" in await partitions(pool, "mails")
    await keep(pool, MAILS, NOW + timedelta(days=366))
    assert "mails_y2025m03d01" not in await partitions(pool, "mails")
    assert await pool.fetchval("SELECT count(*) FROM mails") == 0


async def test_rows_that_found_no_day_move_to_it(pool: Pool) -> None:
    for day in (NOW.date(), NOW.date() - timedelta(days=2), NOW.date() + timedelta(days=10)):
        await insert_mail(pool, day)
    await keep(pool, MAILS, NOW)
    assert await pool.fetchval("SELECT count(*) FROM mails_default") == 0
    assert await pool.fetchval("SELECT count(*) FROM mails_y2025m02d27") == 1
    assert await pool.fetchval("SELECT count(*) FROM mails") == 3


async def test_strayed_rows_that_are_too_old_go_at_once(pool: Pool) -> None:
    await insert_mail(pool, NOW.date() - timedelta(days=400))
    await keep(pool, MAILS, NOW)
    assert await pool.fetchval("SELECT count(*) FROM mails") == 0


async def test_an_added_day_has_the_indexes_of_its_table(pool: Pool) -> None:
    await keep(pool, MAILS, NOW)
    of_default, of_day = [
        await pool.fetchval("SELECT count(*) FROM pg_indexes WHERE tablename = $1", name)
        for name in ("mails_default", "mails_y2025m03d01")
    ]
    assert of_default == of_day == 2


async def test_mails_of_a_day_lie_in_its_partition(world: WorkerWorld) -> None:
    await keep(world.pool, MAILS, NOW)
    await world.hear(world.person().registered())
    assert await world.pool.fetchval("SELECT count(*) FROM mails_y2025m03d01") == 2
    await world.hear(world.person("jan@example.org").registered())
    assert await world.pool.fetchval("SELECT count(*) FROM ONLY mails_default") == 0


async def test_dedup_keys_are_forgotten_by_age_in_chunks(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "CHUNK", 10)
    await pool.execute(
        "INSERT INTO notice_keys SELECT 'old:' || n, $1 FROM generate_series(1, 35) AS n", NOW - timedelta(days=366)
    )
    await pool.execute("INSERT INTO notice_keys VALUES ('young', $1)", NOW - timedelta(days=364))
    async with pool.acquire() as connection:
        await forget_old_keys(timedelta(days=365), connection, NOW)
    assert [row["dedup_key"] for row in await pool.fetch("SELECT dedup_key FROM notice_keys")] == ["young"]


async def test_the_worker_has_a_job_for_each_table_that_grows(pool: Pool) -> None:
    jobs = {job.name: job for job in days.jobs(AGES, days_ahead=3)}
    assert set(jobs) == {"mails_days", "notices_days", "attempts_days", "notice_keys_age"}
    for job in jobs.values():
        assert await run_alone(pool, job)
    for table in ("mails", "notices", "attempts"):
        assert len(await partitions(pool, table)) == 5
