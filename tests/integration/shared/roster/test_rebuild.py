"""A projection is made anew from the topics, beside the one that is asked and kept, and nobody notices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.shared.conftest import SERVICE
from tests.integration.shared.roster.states import ADA, ROSTER, person, publish
from tests.waiting import until

from shared.runtime.consumer import Handlers
from shared.runtime.consuming import consuming
from shared.runtime.health import Health
from shared.runtime.postgres import Connection, Pool, connect
from shared.runtime.roster import projection
from shared.runtime.roster.asking import place_of
from shared.runtime.roster.rebuild import AlreadyRebuilding, Rebuilt, rebuild
from shared.runtime.settings import KafkaSettings

TODAY = date(2026, 11, 27)
COUNTS = {"schools": 1, "terms": 1, "classes": 1, "people": 3, "enrolments": 2, "guardianships": 1}


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
    assert rebuilt.unreadable == 0
    assert told[-1] == (10, 10)
    assert await pool.fetchval("SELECT version FROM roster.people WHERE person_id = $1", ADA.person_id) == 2


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


async def test_a_record_that_nobody_can_read_is_counted_and_left_out(
    connection: Connection, kafka: KafkaSettings, producer: AIOKafkaProducer
) -> None:
    await publish(producer, kafka, ROSTER)
    await producer.send_and_wait(f"{kafka.kafka_prefix}roster.person.v1", b"{}", b"key")
    rebuilt = await made_anew(connection, kafka)
    assert (rebuilt.unreadable, rebuilt.kept) == (1, COUNTS)


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
    """Asked all the time, and kept by a worker while states go on coming: no answer fails and no state is lost."""
    await publish(producer, kafka, ROSTER)
    handlers = Handlers()
    projection.listen(handlers)
    health, stop = Health(), asyncio.Event()
    groups = {"roster": list(projection.TOPICS)}
    worker = consuming(kafka, SERVICE, pool=pool, handlers=handlers, groups=groups, health=health)
    working = asyncio.ensure_future(worker(stop))
    await until(lambda: place_of(pool, ADA.person_id, TODAY))
    answers: list[bool] = []

    async def ask() -> None:
        while not stop.is_set():
            answers.append(await place_of(pool, ADA.person_id, TODAY) is not None)

    asking = [asyncio.ensure_future(ask()) for _ in range(3)]
    version = 1
    for _ in range(4):
        making = asyncio.ensure_future(made_anew(connection, kafka))
        while not making.done():
            version += 1
            await publish(producer, kafka, [person("Ada", "student", version=version)])
        await making

    async def arrived() -> bool:
        newest = await pool.fetchval("SELECT version FROM roster.people WHERE person_id = $1", ADA.person_id)
        return bool(newest == version)

    await until(arrived)
    stop.set()
    await asyncio.gather(working, *asking)
    assert len(answers) > 100
    assert all(answers)
