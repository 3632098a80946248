"""The worker as a process, on Kafka: it waits for its parts, buries what it cannot open, and survives being killed."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.notifications.worker_world import Person, WorkerWorld
from tests.waiting import until

from devstack.ports import free_port
from devstack.process import Process
from shared.contracts.envelope import Event, encode
from shared.contracts.topics import NOTIFICATIONS_MAIL_SECURITY
from shared.runtime.dead_letters import DeadLetters
from shared.runtime.kafka import create_producer, create_topics
from shared.runtime.settings import KafkaSettings

SERVICE = "notifications"
SECONDS = 60
"""What a process may take on a machine that is busy with other tests."""

Send = Callable[[Sequence[Event[Any]]], Awaitable[None]]


@pytest.fixture
async def kafka(kafka_bootstrap: str, kafka_prefix: str) -> KafkaSettings:
    """Kafka with the topics, under a prefix of this test's own."""
    settings = KafkaSettings(kafka_bootstrap=kafka_bootstrap, kafka_prefix=kafka_prefix)
    await create_topics(settings, SERVICE)
    return settings


@pytest.fixture
async def send(kafka: KafkaSettings) -> AsyncIterator[Send]:
    """Publishes events as the accounts service does."""
    producer: AIOKafkaProducer = create_producer(kafka)
    await producer.start()

    async def sending(events: Sequence[Event[Any]]) -> None:
        futures = []
        for event in events:
            record = encode(event)
            topic = kafka.kafka_prefix + record.topic.name
            futures.append(
                await producer.send(topic, record.value, key=record.key.encode(), headers=list(record.headers))
            )
        await asyncio.gather(*futures)

    yield sending
    await producer.stop()


@pytest.fixture
async def worker(
    url: str, kafka_bootstrap: str, kafka_prefix: str, keys: tuple[Path, Path], tmp_path: Path
) -> AsyncIterator[Process]:
    """A worker that is not started yet."""
    environment = {
        "DZWONEK_DATABASE_URL": url,
        "DZWONEK_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "DZWONEK_KAFKA_PREFIX": kafka_prefix,
        "DZWONEK_SEALING_PRIVATE_KEYS_FILE": str(keys[0]),
        "DZWONEK_PORT": str(free_port()),
    }
    process = Process(
        "worker", [sys.executable, "-m", "notifications", "worker"], log=tmp_path / "worker.log", env=environment
    )
    yield process
    await process.stop()


def newcomers(world: WorkerWorld, count: int) -> list[Person]:
    """People who register now, by the clock that the process goes by."""
    now = datetime.now(UTC)
    return [Person(world.sealer, f"person{number}@example.org", registered_at=now) for number in range(count)]


async def is_ready(worker: Process) -> bool:
    """Whether `/readyz` says so."""
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{worker.env['DZWONEK_PORT']}/readyz")
        except httpx.TransportError:
            assert worker.running, worker.tail()
            return False
        return answer.status_code == httpx.codes.OK


async def test_an_event_in_kafka_becomes_mails_and_news_of_cancelled_ones_reach_kafka(
    world: WorkerWorld, worker: Process, send: Send, kafka: KafkaSettings
) -> None:
    await worker.start()
    await until(lambda: is_ready(worker), seconds=SECONDS)
    (ola,) = newcomers(world, 1)
    await send([ola.registered(), ola.activated()])
    await until(lambda: world.queued(ola), seconds=SECONDS)
    await until(lambda: world.pool.fetchval("SELECT count(*) = 2 FROM outbox_archive"), seconds=SECONDS)
    topics = await world.pool.fetch("SELECT DISTINCT topic, lane FROM outbox_archive")
    assert [tuple(row) for row in topics] == [(NOTIFICATIONS_MAIL_SECURITY.name, "security")]
    assert await world.queued(ola) == ["welcome"]
    assert await worker.stop() == 0
    for line in worker.log.read_text().splitlines():
        assert json.loads(line)["process"] == "worker"


async def test_an_account_deleted_in_kafka_is_told_and_what_is_left_of_earlier_ones_goes(
    world: WorkerWorld, worker: Process, send: Send
) -> None:
    ola, jan = newcomers(world, 2)
    await world.hear(jan.registered(), jan.deleted())
    await world.pool.execute("DELETE FROM mail_queue")
    await world.pool.execute("UPDATE mails SET state = 'expired', settled_at = now() WHERE state = 'queued'")
    await worker.start()
    await until(lambda: is_ready(worker), seconds=SECONDS)
    await send([ola.registered(), ola.activated(), ola.signed_in(), ola.deleted()])
    await until(lambda: world.pool.fetchval("SELECT count(*) = 0 FROM mails WHERE account_id = $1", jan.account_id))
    await until(lambda: world.pool.fetchval("SELECT count(*) = 1 FROM erasures WHERE account_id = $1", ola.account_id))
    assert await world.queued() == ["account_deleted"]
    assert await worker.stop() == 0


async def test_an_address_that_cannot_be_opened_is_buried_and_the_next_goes_on(
    world: WorkerWorld, worker: Process, send: Send, kafka: KafkaSettings
) -> None:
    await worker.start()
    people = newcomers(world, 20)
    events = [person.registered() for person in people]
    broken = world.sealer.seal("broken@example.org")
    events[7] = people[7].registered(email=broken[:-4] + ("AAAA" if broken[-4:] != "AAAA" else "BBBB"))
    await send(events)
    await until(lambda: world.pool.fetchval("SELECT count(*) = 38 FROM mails"), seconds=SECONDS)
    letters = DeadLetters(kafka, SERVICE, world.pool)
    (letter,) = await until(letters.all, seconds=SECONDS)
    assert (letter.reason, letter.key) == ("seal_broken", str(people[7].account_id).encode())
    assert b"broken@" not in (letter.value or b"")


async def test_the_tables_have_their_days_soon_after_the_start(world: WorkerWorld, worker: Process) -> None:
    await worker.start()
    days = (
        "SELECT count(*) = 3 * 4 FROM pg_inherits"
        " WHERE inhparent IN ('mails'::regclass, 'notices'::regclass, 'attempts'::regclass)"
        " AND inhrelid::regclass::text NOT LIKE '%default'"
    )
    await until(lambda: world.pool.fetchval(days), seconds=SECONDS)


async def test_a_worker_that_is_killed_again_and_again_mails_each_person_once(
    world: WorkerWorld, worker: Process, send: Send
) -> None:
    people = newcomers(world, 1500)
    sending = asyncio.ensure_future(send([person.registered() for person in people]))
    for contacts in (1, 700):
        await worker.start()
        await until(partial(world.pool.fetchval, "SELECT count(*) >= $1 FROM contacts", contacts), seconds=SECONDS)
        await worker.kill()
    await sending
    await worker.start()
    await until(lambda: world.pool.fetchval("SELECT count(*) = 1500 FROM contacts"), seconds=SECONDS)
    per_person = await world.pool.fetch("SELECT count(*) AS mails FROM mails GROUP BY account_id, kind")
    assert {row["mails"] for row in per_person} == {1}
    assert len(per_person) == 2 * len(people)
    assert await world.pool.fetchval("SELECT count(*) FROM mail_queue") == 2 * len(people)


async def test_a_worker_waits_visibly_for_the_migrations(
    database: Callable[..., Awaitable[str]], worker: Process
) -> None:
    worker.env["DZWONEK_DATABASE_URL"] = await database("notifications")
    await worker.start()

    async def waits() -> str | None:
        async with httpx.AsyncClient() as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{worker.env['DZWONEK_PORT']}/readyz")
            except httpx.TransportError:
                return None
        reason: str = answer.json()["failures"]["start"]
        return reason if "migrations" in reason else None

    assert await until(waits, seconds=SECONDS) == "waiting for migrations (run `notifications migrate`)"
    assert await worker.stop() == 0
