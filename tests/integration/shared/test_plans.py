"""What the runtime's statements touch: as little of a long outbox as of a short one."""

from collections.abc import AsyncIterator

import pytest
from tests.plans import buffers, explain, reads_all_of

from shared.runtime import housekeeping
from shared.runtime.events import new_id
from shared.runtime.outbox import IN_ORDER
from shared.runtime.postgres import Connection, Pool, connect, with_fresh_plans
from shared.runtime.relay import BYTES_AT_ONCE, QUERIES, ROWS_AT_ONCE

LANE, SLOTS = "security", [0, 1, 2, 3]
A_FEW_PAGES = 30
FILL = """
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT $1, number % 4, 'accounts.account.v1', number::text, '{}', convert_to(repeat('x', $3), 'UTF8')
FROM generate_series(1, $2::integer) AS number
"""

ROWS_READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'outbox'"
"""In this transaction."""


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    """A connection as the relay has it."""
    connection = await connect(with_fresh_plans(url), application="relay", settings=IN_ORDER)
    yield connection
    await connection.close()


async def fill(connection: Connection, rows: int, *, size: int = 300) -> None:
    """So many more rows in the outbox, whose values have so many bytes."""
    await connection.execute(FILL, LANE, rows, size)
    await connection.execute("VACUUM ANALYZE outbox")


async def first_ids(connection: Connection, rows: int) -> list[int]:
    """The ids of the first rows."""
    found = await connection.fetch("SELECT id FROM outbox ORDER BY id LIMIT $1", rows)
    return [row["id"] for row in found]


async def buffers_of_a_round(connection: Connection) -> int:
    """The pages that the relay touches to read a round beside one that is acknowledged, and to archive that."""
    gone = await first_ids(connection, len(SLOTS) * ROWS_AT_ONCE)
    plans = [
        await explain(connection, QUERIES["next_rows"], LANE, SLOTS, ROWS_AT_ONCE, gone, BYTES_AT_ONCE),
        await explain(connection, QUERIES["archive_rows"], gone),
    ]
    assert not any(reads_all_of(plan, "outbox") for plan in plans)
    return sum(map(buffers, plans))


async def test_a_round_costs_the_same_however_long_the_outbox_is(connection: Connection) -> None:
    await fill(connection, 10_000)
    short = await buffers_of_a_round(connection)
    await fill(connection, 30_000)
    assert await buffers_of_a_round(connection) < short * 1.3


async def test_a_round_reads_no_more_than_its_rows_of_an_outbox_that_was_empty_a_moment_ago(
    connection: Connection,
) -> None:
    await connection.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    await connection.execute(FILL, LANE, 30_000, 300)
    async with connection.transaction():
        rows = await connection.fetch(QUERIES["next_rows"], LANE, SLOTS, ROWS_AT_ONCE, [], BYTES_AT_ONCE)
        assert await connection.fetchval(ROWS_READ) <= len(rows) + len(SLOTS)


async def test_a_lane_finds_its_rows_at_once_whatever_came_into_the_others(connection: Connection) -> None:
    """Also while PostgreSQL believes that nearly all rows are of this lane."""
    await fill(connection, 1_000)
    await connection.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    await connection.execute("TRUNCATE outbox")  # what it believes stays; VACUUM would wait for autovacuum's snapshots
    await connection.execute(FILL, "roster", 30_000, 300)
    plan = await explain(connection, QUERIES["next_rows"], LANE, SLOTS, ROWS_AT_ONCE, [], BYTES_AT_ONCE)
    assert buffers(plan) < A_FEW_PAGES


async def test_what_waits_is_measured_at_the_same_cost_however_long_the_outbox_is(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the job itself, with a plan that was made while the outbox was empty."""
    monkeypatch.setattr(housekeeping, "COUNTED_UP_TO", 1_000)
    async with pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
        await housekeeping.measure_outbox(connection)
        await connection.execute(FILL, LANE, 30_000, 300)
        async with connection.transaction():
            await housekeeping.measure_outbox(connection)
            assert await connection.fetchval(ROWS_READ) < 3_000


@pytest.mark.parametrize(("allowed", "rows"), [(1000, 1), (1001, 2), (2500, 3), (10_000, 5)])
async def test_a_round_ends_with_its_bytes_where_they_are_fewer_than_its_rows(
    connection: Connection, allowed: int, rows: int
) -> None:
    await fill(connection, 5 * len(SLOTS), size=1000)
    found = await connection.fetch(QUERIES["next_rows"], LANE, SLOTS, ROWS_AT_ONCE, [], allowed)
    assert [row["id"] for row in found] == await first_ids(connection, rows * len(SLOTS))


async def test_rows_that_are_too_large_to_be_sent_leave_the_round_to_the_others(connection: Connection) -> None:
    await fill(connection, 3 * len(SLOTS), size=1001)
    await fill(connection, len(SLOTS), size=1000)
    found = await connection.fetch(QUERIES["next_rows"], LANE, SLOTS, ROWS_AT_ONCE, [], 1000)
    assert len(found) == 4 * len(SLOTS)


async def test_events_are_noted_at_the_same_cost_however_many_are_known(connection: Connection) -> None:
    async def buffers_of_a_batch(known: int) -> int:
        await connection.execute(
            "INSERT INTO inbox (event_id) SELECT gen_random_uuid() FROM generate_series(1, $1::integer)", known
        )
        await connection.execute("VACUUM ANALYZE inbox")
        plan = await explain(connection, QUERIES["note_events"], [new_id() for _ in range(500)])
        assert not reads_all_of(plan, "inbox")
        return buffers(plan)

    few = await buffers_of_a_batch(10_000)
    assert await buffers_of_a_batch(90_000) < few * 1.3
