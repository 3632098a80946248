"""What the sender's statements touch: as little of a long queue and of a year of mails as of a short one and a day."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.plans import buffers, explain, nodes, reads_all_of

from notifications.brakes.store import pause
from notifications.domain.brakes import Selection
from notifications.sender.store import SQL
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection, create_pool, with_fresh_plans

A_FEW_PAGES = 30
"""Of an index and what it leads to; ten thousand mails are some hundred and seventy."""


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    """A connection as the sender has it, in a transaction that is rolled back."""
    async with await create_pool(with_fresh_plans(url), size=2) as pool, pool.acquire() as connection:
        yield connection


async def test_a_claim_costs_the_same_however_long_the_queue_is(connection: Connection) -> None:
    school = new_id()
    small = await _buffers_of_a_claim(connection, school, mails=10_000)
    large = await _buffers_of_a_claim(connection, school, mails=40_000)
    assert large < small * 1.3


async def _buffers_of_a_claim(
    connection: Connection, school: UUID, *, mails: int, lane: str = "bulk", kind: str = "welcome"
) -> int:
    """The pages that claiming 100 of so many more due mails touches, by the plans' own count."""
    await connection.execute(
        "INSERT INTO mail_queue (mail_id, created_on, lane, school_id, account_id, kind, domain, due_at, not_after)"
        " SELECT gen_random_uuid(), current_date, $3, $1, gen_random_uuid(), $4, 'd' || number % 500,"
        " now() - interval '1 hour' + number * interval '1 ms', now() + interval '1 day'"
        " FROM generate_series(1, $2) AS number",
        school,
        mails,
        lane,
        kind,
    )
    await connection.execute(
        "INSERT INTO queue_turns VALUES ($2, $1, now(), '-infinity') ON CONFLICT DO NOTHING", school, lane
    )
    await connection.execute("VACUUM ANALYZE mail_queue")
    plans = [
        await explain(connection, SQL["take_turns"], lane, 32),
        await explain(connection, SQL["claim_mails"], lane, [school], 100, 500, 60.0, ["d1"]),
        await explain(connection, SQL["end_turns"], lane, [school]),
    ]
    assert not any(reads_all_of(plan, "mail_queue") for plan in plans)
    return sum(map(buffers, plans))


async def test_a_claim_costs_the_same_however_many_mails_are_paused(connection: Connection) -> None:
    school = new_id()
    few = await _buffers_beside_paused(connection, school, mails=10_000)
    many = await _buffers_beside_paused(connection, school, mails=40_000)
    assert many < few * 1.3


async def _buffers_beside_paused(connection: Connection, school: UUID, *, mails: int) -> int:
    """The pages that claiming 100 mails of a school touches, beside so many more of it that a brake is on."""
    await connection.execute(
        "INSERT INTO mail_brakes (lanes, kind, set_at) VALUES ('{direct}', 'welcome', now()) ON CONFLICT DO NOTHING"
    )
    await connection.execute(
        "INSERT INTO mail_queue (mail_id, created_on, lane, school_id, account_id, kind, domain, due_at, not_after)"
        " SELECT gen_random_uuid(), current_date, 'direct', $1, gen_random_uuid(), 'welcome', 'd' || number % 500,"
        " now() - interval '1 hour' + number * interval '1 ms', now() + interval '1 day'"
        " FROM generate_series(1, $2) AS number",
        school,
        mails,
    )
    async for _ in pause(connection, Selection(kind="welcome")):
        pass
    await connection.execute("DELETE FROM mail_queue WHERE kind = 'account_exists'")
    return await _buffers_of_a_claim(connection, school, mails=200, lane="direct", kind="account_exists")


async def test_whether_a_mail_is_still_held_is_found_at_once(connection: Connection) -> None:
    await _buffers_of_a_claim(connection, new_id(), mails=10_000)
    mail = await connection.fetchval("SELECT mail_id FROM mail_queue LIMIT 1")
    plan = await explain(connection, SQL["still_held"], mail, new_id())
    assert not reads_all_of(plan, "mail_queue")
    assert buffers(plan) < A_FEW_PAGES


async def test_of_a_year_of_mails_only_the_day_in_question_is_looked_at(connection: Connection) -> None:
    today = datetime.now(UTC).date()
    for table in ("mails", "notices"):
        for ago in range(5):
            day = today - timedelta(days=ago)
            await connection.execute(
                f"CREATE TABLE IF NOT EXISTS {table}_day_{ago} PARTITION OF {table}"
                f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
            )
    ids = [new_id() for _ in range(20)]
    for plan in (
        await explain(connection, SQL["read_mails"], ids, [today], ids),
        await explain(connection, SQL["record"], *_outcomes(ids, today)),
    ):
        relations = {node["Relation Name"] for node in nodes(plan) if "Relation Name" in node}
        looked_at = {name for name in relations if name.startswith(("mails", "notices"))}
        assert {name for name in looked_at if "_day_" in name} == looked_at - {"mails", "notices"}
        assert not [name for name in looked_at if "_day_" in name and not name.endswith("_day_0")]


def _outcomes(ids: list[UUID], day: date) -> Iterator[object]:
    """Parameters of `record` for mails that were accepted without an attempt or an event to tell of."""
    yield from (ids, [day] * len(ids), ids, ["accepted"] * len(ids), [None] * len(ids), [None] * len(ids))
    yield from ([True] * len(ids), [None] * len(ids), "relay.example:25")
    yield from ([] for _ in range(16))
    yield [day]
