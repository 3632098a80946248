"""The relay brings every outbox row to Kafka, in order per key, and skips none."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError
from tests.integration.shared.conftest import Read
from tests.integration.shared.events import activated, enqueue
from tests.waiting import until

from shared.contracts.accounts import AccountActivated
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import decode, read_headers
from shared.contracts.topics import Lane
from shared.runtime.events import new_id
from shared.runtime.kafka import create_producer
from shared.runtime.leadership import LOCK_SPACE
from shared.runtime.outbox import SLOTS
from shared.runtime.postgres import Pool
from shared.runtime.publishing import published
from shared.runtime.relay import LaneRelay
from shared.runtime.republish import put_back
from shared.runtime.settings import KafkaSettings

TOPIC = "accounts.account.v1"
CONNECTED = "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'relay-security'"
Relaying = Callable[..., AbstractAsyncContextManager[asyncio.Event]]


@pytest.fixture
def relaying(url: str, pool: Pool, kafka: KafkaSettings) -> Relaying:
    @asynccontextmanager
    async def relaying(producer: Callable[[], AIOKafkaProducer] | None = None) -> AsyncIterator[asyncio.Event]:
        relay = LaneRelay(
            Lane.SECURITY,
            database_url=url,
            prefix=kafka.kafka_prefix,
            producer=producer or (lambda: create_producer(kafka)),
        )
        stop = asyncio.Event()
        running = asyncio.ensure_future(relay.run(stop))
        yield stop
        stop.set()
        await running

    return relaying


def drained(pool: Pool) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(await pool.fetchval("SELECT count(*) = 0 FROM outbox"))

    return look


async def slots_led(pool: Pool) -> dict[UUID, set[int]]:
    led = defaultdict(set)
    rows = await pool.fetch("SELECT worker, slot FROM relay_slots WHERE beat_at > now() - interval '3 seconds'")
    for row in rows:
        led[row["worker"]].add(row["slot"])
    return led


async def test_events_reach_kafka_in_order_per_key_and_are_archived(
    relaying: Relaying, pool: Pool, read_topic: Read
) -> None:
    accounts = [new_id() for _ in range(40)]
    for version in range(1, 31):
        await enqueue(pool, [activated(account, version) for account in accounts])
    async with relaying():
        await until(drained(pool))
    records = await read_topic(TOPIC)
    versions = defaultdict(list)
    for record in records:
        event = decode(CATALOGUE, read_headers(record.headers), record.value)
        assert isinstance(event.data, AccountActivated)
        assert record.key == str(event.data.account_id).encode()
        versions[event.data.account_id].append(event.data.version)
    assert versions == {account: list(range(1, 31)) for account in accounts}
    assert await pool.fetchval("SELECT count(*) FROM outbox_archive") == 1200


async def test_what_is_published_again_comes_before_what_is_newer(
    relaying: Relaying, pool: Pool, read_topic: Read
) -> None:
    account = new_id()
    await enqueue(pool, [activated(account, version) for version in (1, 2)])
    async with relaying():
        await until(drained(pool))
    await enqueue(pool, [activated(account, 3)])
    async with pool.acquire() as connection:
        assert await put_back(connection) == 2
    async with relaying():
        await until(drained(pool))
    records = await read_topic(TOPIC)
    events = [decode(CATALOGUE, read_headers(record.headers), record.value) for record in records]
    assert [event.data.version for event in events if isinstance(event.data, AccountActivated)] == [1, 2, 1, 2, 3]
    assert events[:2] == events[2:4]


async def test_a_row_committed_late_is_not_skipped(relaying: Relaying, pool: Pool, read_topic: Read) -> None:
    late, early = activated(), activated()
    async with relaying():
        async with pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await enqueue(connection, [late])
            await enqueue(pool, [early])
            first = await read_topic(TOPIC, 1)
            assert first[0].key == early.key.encode()
            await transaction.commit()
        await until(drained(pool))
    assert {record.key for record in await read_topic(TOPIC)} == {early.key.encode(), late.key.encode()}


async def test_workers_share_the_slots_and_take_over_those_of_one_that_ends(relaying: Relaying, pool: Pool) -> None:
    async def shared_by_two() -> bool:
        led = await slots_led(pool)
        return sorted(map(len, led.values())) == [SLOTS // 2, SLOTS // 2] and not set.intersection(*led.values())

    async def one_leads_all() -> bool:
        return any(len(slots) == SLOTS for slots in (await slots_led(pool)).values())

    async with relaying():
        await until(one_leads_all)
        async with relaying():
            await until(shared_by_two)
        await until(one_leads_all)


async def test_a_worker_alone_leads_every_slot_of_each_of_its_lanes(pool: Pool, url: str, kafka: KafkaSettings) -> None:
    stop = asyncio.Event()
    lanes = [
        LaneRelay(lane, database_url=url, prefix=kafka.kafka_prefix, producer=lambda: create_producer(kafka))
        for lane in Lane
    ]
    running = asyncio.gather(*(lane.run(stop) for lane in lanes))
    await until(lambda: pool.fetchval("SELECT count(*) = $1 FROM relay_slots", SLOTS * len(Lane)))
    stop.set()
    await running


async def test_a_leader_that_is_frozen_is_ended_by_a_peer(relaying: Relaying, pool: Pool, url: str) -> None:
    frozen = await asyncpg.connect(url)
    number = LOCK_SPACE + list(Lane).index(Lane.SECURITY)
    for slot in range(SLOTS):
        await frozen.execute("SELECT pg_advisory_lock($1::int, $2::int)", number, slot)
    await frozen.execute(
        "INSERT INTO relay_slots SELECT 'security', slot, pg_backend_pid(), $1, now() - interval '1 minute'"
        " FROM generate_series(0, 3) AS slot",
        new_id(),
    )
    await enqueue(pool, [activated() for _ in range(20)])
    async with relaying():
        await until(drained(pool))
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
        await frozen.execute("SELECT 1")
    frozen.terminate()


async def test_a_leader_that_beats_is_left_alone(relaying: Relaying, pool: Pool, url: str) -> None:
    living = await asyncpg.connect(url)
    number = LOCK_SPACE + list(Lane).index(Lane.SECURITY)
    event = activated()
    for slot in range(SLOTS):
        await living.execute("SELECT pg_advisory_lock($1::int, $2::int)", number, slot)
    await living.execute(
        "INSERT INTO relay_slots SELECT 'security', slot, pg_backend_pid(), $1, now()"
        " FROM generate_series(0, 3) AS slot",
        new_id(),
    )
    await enqueue(pool, [event])
    async with relaying():
        await until(lambda: pool.fetchval("SELECT count(*) > 0 FROM relay_workers"))
        assert await living.fetchval("SELECT count(*) FROM outbox") == 1
        await living.close()
        await until(drained(pool))


async def test_a_lost_connection_to_postgresql_is_begun_anew(relaying: Relaying, pool: Pool) -> None:
    async with relaying():
        await until(lambda: pool.fetchval("SELECT count(*) = 4 FROM relay_slots"))
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'relay-security'"
        )
        await enqueue(pool, [activated() for _ in range(10)])
        await until(drained(pool))


@pytest.mark.parametrize("handed_over", [False, True])
async def test_what_kafka_refuses_stays_and_is_sent_again_in_order(
    relaying: Relaying, pool: Pool, kafka: KafkaSettings, read_topic: Read, handed_over: bool
) -> None:
    """Of one partition's batches first the first, then the second is refused: at once, or after it was handed over."""
    account = new_id()
    faults = itertools.chain([KafkaTimeoutError(), None, KafkaTimeoutError()], itertools.repeat(None))

    class Stumbling(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
        async def send_batch(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the library has it
            fault = next(faults)
            if fault is None:
                return await super().send_batch(*args, **kwargs)
            if not handed_over:
                raise fault
            lost = asyncio.get_running_loop().create_future()
            lost.set_exception(fault)
            return lost

    def stumbling() -> AIOKafkaProducer:
        return Stumbling(bootstrap_servers=kafka.kafka_bootstrap, enable_idempotence=True, max_batch_size=1500)

    await enqueue(pool, [activated(account, version) for version in range(1, 13)])
    async with relaying(stumbling):
        await until(drained(pool))
    events = [decode(CATALOGUE, read_headers(record.headers), record.value) for record in await read_topic(TOPIC)]
    versions = [event.data.model_dump()["version"] for event in events]
    assert next(faults, "none left") is None
    assert list(dict.fromkeys(reversed(versions))) == list(range(12, 0, -1)), "the last of each is not in its order"
    assert set(versions) == set(range(1, 13))


async def test_a_topic_that_kafka_does_not_have_holds_up_no_other(
    relaying: Relaying, pool: Pool, read_topic: Read
) -> None:
    event = activated()
    await pool.execute(
        "INSERT INTO outbox (lane, slot, topic, key, headers, value) VALUES ('security', 0, 'unknown', 'a', '{}', 'x')"
    )
    await enqueue(pool, [event])
    async with relaying():
        await until(lambda: pool.fetchval("SELECT count(*) = 1 FROM outbox"))
    assert [record.key for record in await read_topic(TOPIC)] == [event.key.encode()]


async def test_a_relay_ends_in_time_while_kafka_does_not_answer(
    relaying: Relaying, pool: Pool, kafka: KafkaSettings
) -> None:
    class Silent(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
        async def send_batch(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - as the library has it
            return asyncio.get_running_loop().create_future()

    await enqueue(pool, [activated() for _ in range(10)])
    async with relaying(lambda: Silent(bootstrap_servers=kafka.kafka_bootstrap, enable_idempotence=True)):
        await until(lambda: pool.fetchval("SELECT count(*) = $1 FROM relay_slots", SLOTS))
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 10
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 10


async def test_a_relay_ends_in_time_while_kafka_cannot_be_reached(relaying: Relaying, pool: Pool) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with relaying(lambda: AIOKafkaProducer(bootstrap_servers=address, enable_idempotence=True)):
        await until(
            lambda: pool.fetchval("SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'relay-security'")
        )
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 10
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("size", [3_000_000, 6_000_000])
async def test_a_row_that_can_never_be_sent_harms_no_other(
    relaying: Relaying, pool: Pool, read_topic: Read, size: int
) -> None:
    await pool.execute(
        "INSERT INTO outbox (lane, slot, topic, key, headers, value)"
        " SELECT 'security', slot, $1, 'giant', '{}', convert_to(repeat('x', $2), 'UTF8')"
        " FROM generate_series(0, 3) AS slot",
        TOPIC,
        size,
    )
    events = [activated() for _ in range(20)]
    await enqueue(pool, events)
    async with relaying():
        await until(lambda: pool.fetchval("SELECT count(*) = 4 FROM outbox"))
    records = await read_topic(TOPIC)
    assert sorted(record.key for record in records) == sorted(event.key.encode() for event in events)


def test_a_row_behind_a_failed_one_of_its_key_stays() -> None:
    rows = [{"key": "a", "id": 1}, {"key": "b", "id": 2}, {"key": "a", "id": 3}, {"key": "b", "id": 4}]
    assert published(rows, [KafkaTimeoutError(), None, None, None]) == [rows[1], rows[3]]
