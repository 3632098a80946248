"""Events have their effect once and in order; what cannot be handled is buried alone, with its reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from tests.integration.shared.conftest import SERVICE, Read
from tests.integration.shared.events import POISONED, activated, expired, introduce, only_known, tally, tallying
from tests.waiting import until

from shared.contracts.accounts import AccountActivated, RegistrationExpired
from shared.contracts.envelope import Event, EventData, encode
from shared.contracts.topics import ACCOUNTS_ACCOUNT
from shared.runtime.consumer import Arrival, Handled, Handlers, Inbox, PermanentError, Refused, waves
from shared.runtime.consuming import consuming
from shared.runtime.dead_letters import DeadLetters
from shared.runtime.events import new_id
from shared.runtime.health import Health
from shared.runtime.postgres import Connection, Pool
from shared.runtime.settings import KafkaSettings
from shared.runtime.subscriber import BatchProcessor

DEAD = f"{SERVICE}.dead-letter.v1"

Working = Callable[..., AbstractAsyncContextManager[Health]]
Send = Callable[..., Awaitable[None]]
Tallied = Callable[[int], Callable[[], Awaitable[list[asyncpg.Record] | None]]]


@pytest.fixture
def working(pool: Pool, kafka: KafkaSettings) -> Working:
    @asynccontextmanager
    async def working(handlers: Handlers, kafka: KafkaSettings = kafka) -> AsyncIterator[Health]:
        health, stop = Health(), asyncio.Event()
        groups = {"security": [ACCOUNTS_ACCOUNT]}
        part = consuming(kafka, SERVICE, pool=pool, handlers=handlers, groups=groups, health=health)
        running = asyncio.ensure_future(part(stop))
        yield health
        stop.set()
        await running

    return working


@pytest.fixture
def send(producer: AIOKafkaProducer, kafka: KafkaSettings) -> Send:
    async def send(*events: Event[EventData]) -> None:
        for event in events:
            record = encode(event)
            await producer.send_and_wait(
                kafka.kafka_prefix + record.topic.name, record.value, record.key.encode(), headers=list(record.headers)
            )

    return send


@pytest.fixture
def tallied(pool: Pool) -> Tallied:
    def look(count: int) -> Callable[[], Awaitable[list[asyncpg.Record] | None]]:
        async def tallied() -> list[asyncpg.Record] | None:
            rows = await pool.fetch("SELECT account_id, version, type FROM tally ORDER BY number")
            return rows if len(rows) >= count else None

        return tallied

    return look


async def buried(read_topic: Read, count: int) -> list[dict[str, str]]:
    return [
        {name: value.decode(errors="replace") for name, value in record.headers}
        for record in await read_topic(DEAD, count)
    ]


async def test_an_event_delivered_twice_has_one_effect(working: Working, send: Send, tallied: Tallied) -> None:
    event, last = activated(), activated()
    async with working(tallying()):
        await send(event, event, event, last)
        rows = await until(tallied(2))
    assert sorted(row["account_id"] for row in rows) == sorted([event.data.account_id, last.data.account_id])


async def test_kafka_is_found_by_any_of_its_addresses(
    working: Working, send: Send, tallied: Tallied, kafka: KafkaSettings
) -> None:
    of_three = f"127.0.0.1:1,{kafka.kafka_bootstrap},127.0.0.1:2"
    async with working(tallying(), kafka.model_copy(update={"kafka_bootstrap": of_three})):
        await send(activated())
        await until(tallied(1))


async def test_events_of_an_account_keep_their_order(working: Working, send: Send, tallied: Tallied) -> None:
    accounts = [new_id() for _ in range(10)]
    await send(*(activated(account, version) for version in range(1, 21) for account in accounts))
    async with working(tallying()):
        rows = await until(tallied(200))
    for account in accounts:
        assert [row["version"] for row in rows if row["account_id"] == account] == list(range(1, 21))


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([], b"{}", "no_type"),
        ([("ce_type", b"\xff\xfe")], b"{}", "bad_header"),
        ([("ce_type", b"pl.dzwonek.account.activated.v9")], b"{}", "unknown_version"),
        ([("ce_type", b"pl.dzwonek.cake.baked.v1")], b"{}", "unknown_type"),
        (list(encode(activated()).headers), b"no json", "not_json"),
        (list(encode(activated()).headers), b"{}", "invalid_data"),
        (list(encode(activated()).headers), b" " * 1_048_576, "too_large"),
        (list(encode(activated()).headers), None, "no_value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_record_that_is_no_event_is_buried_and_the_next_goes_on(
    headers: list[tuple[str, bytes]],
    value: bytes | None,
    reason: str,
    working: Working,
    send: Send,
    tallied: Tallied,
    producer: AIOKafkaProducer,
    kafka: KafkaSettings,
    read_topic: Read,
) -> None:
    topic = kafka.kafka_prefix + ACCOUNTS_ACCOUNT.name
    async with working(tallying()):
        await producer.send_and_wait(topic, value, b"key", headers=headers)
        good = activated()
        await send(good)
        rows = await until(tallied(1))
        letters = await buried(read_topic, 1)
    assert [row["account_id"] for row in rows] == [good.data.account_id]
    assert letters[0]["dl_reason"] == reason
    assert letters[0]["dl_topic"] == topic


async def test_a_record_that_unpacks_to_more_than_kafka_takes_is_buried_too(
    working: Working, send: Send, tallied: Tallied, kafka: KafkaSettings, read_topic: Read
) -> None:
    topic = kafka.kafka_prefix + ACCOUNTS_ACCOUNT.name
    zipping = AIOKafkaProducer(
        bootstrap_servers=kafka.kafka_bootstrap, compression_type="gzip", max_request_size=20_000_000
    )
    await zipping.start()
    async with working(tallying()):
        await zipping.send_and_wait(topic, b" " * 6_000_000, None, partition=3)
        await zipping.stop()
        good = [activated() for _ in range(30)]
        await send(*good)
        await until(tallied(30))
        letters = await buried(read_topic, 1)
    assert [letter["dl_reason"] for letter in letters] == ["no_type"]


async def test_an_event_that_its_handler_refuses_is_buried_alone(
    working: Working, send: Send, tallied: Tallied, read_topic: Read
) -> None:
    good = [activated() for _ in range(20)]
    await send(*good[:10], activated(POISONED), *good[10:])
    async with working(tallying()):
        rows = await until(tallied(20))
        letters = await buried(read_topic, 1)
    assert {row["account_id"] for row in rows} == {event.data.account_id for event in good}
    assert letters[0]["dl_reason"] == "poisoned"


async def test_where_the_handler_knows_the_bad_ones_the_others_are_applied_at_once(
    pool: Pool, producer: AIOKafkaProducer, kafka: KafkaSettings, read_topic: Read
) -> None:
    events = [activated() for _ in range(300)]
    bad = {event.id for event in events[::3]}
    taken = []

    async def refusing(_: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
        taken.append(len(events))
        faults = {
            event.id: PermanentError("poisoned", "the account is poisoned") for event in events if event.id in bad
        }
        if faults:
            raise Refused(faults)
        return Handled()

    handlers = Handlers()
    handlers.on(AccountActivated, refusing)
    processor = BatchProcessor(Inbox(pool, handlers), producer, dead_letters=kafka.kafka_prefix + DEAD, group="g")
    await processor(tuple(as_read(event, offset) for offset, event in enumerate(events)))
    assert taken == [300, 200]
    assert [letter["dl_reason"] for letter in await buried(read_topic, 100)] == ["poisoned"] * 100


def as_read(event: Event[EventData], offset: int) -> "ConsumerRecord[bytes, bytes]":
    record = encode(event)
    key = record.key.encode()
    return ConsumerRecord(
        record.topic.name, 0, offset, 0, 0, key, record.value, None, len(key), len(record.value), record.headers
    )


async def test_a_catalogued_event_without_a_handler_is_skipped(
    working: Working, send: Send, tallied: Tallied, read_topic: Read
) -> None:
    handlers = Handlers()
    handlers.on(AccountActivated, tally)
    async with working(handlers):
        await send(expired(new_id()), activated())
        await until(tallied(1))
    assert await read_topic(DEAD) == []


async def test_after_a_transient_fault_the_batch_is_tried_again_in_order(
    working: Working, send: Send, tallied: Tallied
) -> None:
    failures = iter(range(3))

    async def stumbling(connection: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
        if next(failures, None) is not None:
            raise asyncpg.DeadlockDetectedError("stumble")
        return await tally(connection, events)

    handlers, account = Handlers(), new_id()
    handlers.on(AccountActivated, stumbling)
    async with working(handlers):
        await send(*(activated(account, version) for version in (1, 2, 3)))
        rows = await until(tallied(3))
    assert [row["version"] for row in rows] == [1, 2, 3]


async def test_an_event_about_an_unknown_account_waits_for_it(
    working: Working, send: Send, tallied: Tallied, pool: Pool
) -> None:
    handlers, account = Handlers(), new_id()
    handlers.on(AccountActivated, introduce)
    handlers.on(RegistrationExpired, only_known)
    async with working(handlers):
        await send(expired(account, 2), expired(account, 3))
        await until(lambda: pool.fetchval("SELECT count(*) = 2 FROM parked_events"))
        await send(activated(account, 1))
        rows = await until(tallied(3))
    assert [row["version"] for row in rows] == [1, 2, 3]
    assert await pool.fetchval("SELECT count(*) FROM parked_events") == 0


async def test_an_event_parked_in_the_moment_its_account_came_is_found_again(pool: Pool) -> None:
    inbox, event = Inbox(pool, tallying()), expired(new_id())
    await inbox.apply([arrival(event)])
    parked_at = await pool.fetchval("SELECT parked_at FROM parked_events")
    await inbox.retry_parked(older_than=timedelta(0))
    assert await pool.fetchval("SELECT parked_at FROM parked_events") == parked_at
    await pool.execute("INSERT INTO known VALUES ($1)", event.data.account_id)
    await inbox.retry_parked(older_than=timedelta(0))
    assert await pool.fetchval("SELECT count(*) FROM tally") == 1
    assert await pool.fetchval("SELECT count(*) FROM parked_events") == 0


async def test_a_buried_event_is_put_back_to_work_once_after_the_mend(
    working: Working, send: Send, tallied: Tallied, pool: Pool, kafka: KafkaSettings, read_topic: Read
) -> None:
    box = DeadLetters(kafka, SERVICE, pool)
    async with working(tallying()):
        await send(activated(POISONED))
        await buried(read_topic, 1)
    mended = Handlers()
    mended.on(AccountActivated, mended_tally)
    async with working(mended):
        letters = await box.all()
        assert [letter.reason for letter in letters] == ["poisoned"]
        assert await box.redrive(letters) == 1
        rows = await until(tallied(1))
        await box.redrive(letters)
        await send(activated())
        rows = await until(tallied(2))
    assert [row["account_id"] for row in rows].count(POISONED) == 1
    assert [letter.redriven_at is not None for letter in await box.all()] == [True]


async def mended_tally(connection: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
    await connection.executemany(
        "INSERT INTO tally (account_id, version, type) VALUES ($1, $2, $3)",
        [(event.data.account_id, event.data.version, event.type) for event in events],
    )
    return Handled()


async def test_a_worker_says_what_it_waits_for_and_that_it_is_ready(working: Working) -> None:
    async with working(tallying()) as health:
        assert health.waiting_for
        await until(lambda: asyncio.sleep(0, health.waiting_for is None))


def arrival(event: Event[EventData]) -> Arrival:
    record = encode(event)
    headers = {name: value.decode() for name, value in record.headers}
    return Arrival(event, record.topic.name, headers, record.value)


def test_a_wave_holds_one_event_of_a_key() -> None:
    one, other = new_id(), new_id()
    events = [activated(one, 1), activated(other, 1), expired(one, 2), activated(one, 3)]
    layers = [
        [(event.type, event.data.model_dump()["version"]) for events in wave.values() for event in events]
        for wave in waves(arrival(event) for event in events)
    ]
    assert layers == [
        [(AccountActivated.TYPE, 1), (AccountActivated.TYPE, 1)],
        [(RegistrationExpired.TYPE, 2)],
        [(AccountActivated.TYPE, 3)],
    ]
