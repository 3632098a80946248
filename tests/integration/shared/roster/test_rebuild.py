"""A projection is made anew from the topics, beside the one that is asked and kept, and nobody notices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.shared.conftest import SERVICE
from tests.integration.shared.roster.states import (
    ACCOUNT,
    ADA,
    MUM,
    OTHER_ACCOUNT,
    ROSTER,
    link,
    person,
    publish,
    signed_in,
)
from tests.waiting import until

from shared.contracts.topics import by_lane
from shared.runtime.consumer import Handlers
from shared.runtime.consuming import consuming
from shared.runtime.health import Health
from shared.runtime.postgres import Connection, Pool, connect
from shared.runtime.roster import projection
from shared.runtime.roster.asking import acting_of, place_of
from shared.runtime.roster.rebuild import AlreadyRebuilding, NotPutInPlace, Rebuilt, rebuild
from shared.runtime.roster.rights import Acting
from shared.runtime.settings import KafkaSettings

TODAY = date(2026, 11, 27)
COUNTS = {"schools": 1, "terms": 1, "classes": 1, "people": 3, "enrolments": 2, "guardianships": 1, "links": 1}


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    connection = await connect(url, application="tests")
    yield connection
    await connection.close()


async def made_anew(connection: Connection, kafka: KafkaSettings) -> Rebuilt:
    return await rebuild(connection, kafka, lambda *_: None)


async def test_an_empty_one_is_filled(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    await publish(producer, kafka, (*ROSTER, person("Ada", "student", version=2)))
    told: list[tuple[int, int]] = []
    rebuilt = await rebuild(connection, kafka, lambda done, total: told.append((done, total)))
    assert rebuilt.kept == COUNTS
    assert rebuilt.read["roster.person.v1"] == 4
    assert told[-1] == (11, 11)
    assert await pool.fetchval("SELECT version FROM roster.people WHERE person_id = $1", ADA.person_id) == 2


async def test_it_knows_whose_the_portal_accounts_are(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    moved = [link(MUM, None, version=2), link(MUM, OTHER_ACCOUNT, version=3)]
    await publish(producer, kafka, (*ROSTER, *moved, link(ADA, ACCOUNT), link(ADA, None, version=2)))
    assert (await made_anew(connection, kafka)).kept["links"] == 2
    assert await acting_of(pool, signed_in(ACCOUNT)) == []
    assert await acting_of(pool, signed_in(OTHER_ACCOUNT)) == [Acting(MUM.person_id, "guardian", ADA.person_id)]


async def test_what_the_topics_do_not_hold_is_gone(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    await publish(producer, kafka, ROSTER)
    await pool.execute(
        "INSERT INTO roster.schools VALUES (gen_random_uuid(), gen_random_uuid(), 'Nobody knows it', NULL, 1)"
    )
    assert (await made_anew(connection, kafka)).kept == COUNTS


async def test_it_has_the_indexes_and_columns_that_it_had(
    connection: Connection, kafka: KafkaSettings, pool: Pool
) -> None:
    columns = """SELECT table_name, column_name, data_type, is_nullable, collation_name
        FROM information_schema.columns WHERE table_schema = 'roster' ORDER BY 1, 2"""
    indexes = """SELECT tablename, regexp_replace(indexdef, 'INDEX .* ON', 'INDEX ON')
        FROM pg_indexes WHERE schemaname = 'roster' ORDER BY 1, 2"""
    before = [await pool.fetch(asked) for asked in (columns, indexes)]
    for _ in range(2):
        await made_anew(connection, kafka)
    assert [await pool.fetch(asked) for asked in (columns, indexes)] == before
    schemas = await pool.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'roster%'")
    assert [row["nspname"] for row in schemas] == ["roster"]


async def test_records_that_nobody_can_read_leave_all_as_it_is(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    await publish(producer, kafka, ROSTER)
    await made_anew(connection, kafka)
    await producer.send_and_wait(f"{kafka.kafka_prefix}roster.person.v1", b"{}", b"key")
    await publish(producer, kafka, [person("Ada", "student", version=2)])
    with pytest.raises(NotPutInPlace, match="nobody can read 1 of the records"):
        await made_anew(connection, kafka)
    assert await pool.fetchval("SELECT version FROM roster.people WHERE person_id = $1", ADA.person_id) == 1


async def test_topics_that_hold_much_less_are_no_better_unless_somebody_says_so(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    await publish(producer, kafka, [ADA])
    await pool.execute(
        "INSERT INTO roster.people (person_id, district_id, given_name, family_name, sort_key, roles, version)"
        " SELECT gen_random_uuid(), gen_random_uuid(), 'Ada', 'Żak', '', '[]', 1 FROM generate_series(1, 3)"
    )
    with pytest.raises(NotPutInPlace, match="1 people and there are 3"):
        await made_anew(connection, kafka)
    rebuilt = await rebuild(connection, kafka, lambda *_: None, fewer=True)
    assert rebuilt.kept["people"] == 1


async def test_there_is_one_at_a_time(url: str, connection: Connection, kafka: KafkaSettings) -> None:
    other = await connect(url, application="tests")
    try:
        await other.execute("SELECT pg_advisory_lock($1)", 0x72656275)
        with pytest.raises(AlreadyRebuilding):
            await made_anew(connection, kafka)
    finally:
        await other.close()
    await made_anew(connection, kafka)


async def test_what_an_earlier_try_has_left_is_in_nobodys_way(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    await publish(producer, kafka, ROSTER)
    await pool.execute("CREATE SCHEMA roster_next CREATE TABLE people (person_id uuid)")
    await pool.execute("CREATE SCHEMA roster_old CREATE TABLE people (person_id uuid)")
    assert (await made_anew(connection, kafka)).kept == COUNTS


async def test_who_asks_and_who_keeps_it_notice_nothing(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer, pool: Pool
) -> None:
    """Asked all the time, and kept by a worker while ever more people come: no answer fails and nobody is lost."""
    await publish(producer, kafka, ROSTER)
    handlers = Handlers()
    projection.listen(handlers)
    health, stop = Health(), asyncio.Event()
    worker = consuming(kafka, SERVICE, pool=pool, handlers=handlers, groups=by_lane(projection.TOPICS), health=health)
    working = asyncio.ensure_future(worker(stop))
    await until(lambda: place_of(pool, ADA.person_id, TODAY))
    answers: list[bool] = []

    async def ask() -> None:
        while not stop.is_set():
            answers.append(await place_of(pool, ADA.person_id, TODAY) is not None)

    asking = [asyncio.ensure_future(ask()) for _ in range(3)]
    told = COUNTS["people"]
    for _ in range(4):
        making = asyncio.ensure_future(made_anew(connection, kafka))
        while not making.done():
            told += 1
            await publish(producer, kafka, [person(f"Ada {told}", "student")])
        await making

    async def arrived() -> bool:
        return bool(await pool.fetchval("SELECT count(*) FROM roster.people") == told)

    await until(arrived)
    stop.set()
    await asyncio.gather(working, *asking)
    assert len(answers) > 100
    assert all(answers)
