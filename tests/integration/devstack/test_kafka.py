"""The embedded Apache Kafka: real, keeps what it acknowledged, and gone with its parent."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from tests.integration.devstack.proc import ended, parent, state_of
from tests.waiting import until

from devstack.kafka import Kafka
from devstack.kafka_archive import archive_file
from devstack.kafka_jars import ensure_jars, jar_folder, kafka_jars
from devstack.kafka_java import find_java
from devstack.process import StartError

TOPIC = "lessons"


@pytest.fixture
async def kafka(tmp_path: Path) -> AsyncIterator[Kafka]:
    kafka = Kafka(tmp_path / "kafka")
    await kafka.start()
    yield kafka
    await kafka.stop()


async def test_what_was_acknowledged_is_there_after_a_kill_and_a_restart(kafka: Kafka) -> None:
    await create_topic(kafka)
    await write(kafka, b"maths", b"history")
    await kafka.kill()
    await kafka.start()
    await write(kafka, b"music")
    await kafka.restart()
    assert await read(kafka, 3) == [b"maths", b"history", b"music"]


async def test_it_holds_no_topic_that_nobody_made(kafka: Kafka) -> None:
    assert await topics(kafka) == []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await write(kafka, b"maths")
    assert await topics(kafka) == []


async def test_a_client_waits_for_a_paused_one(kafka: Kafka) -> None:
    await create_topic(kafka)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True) as producer:
        await producer.send_and_wait(TOPIC, b"maths")
        kafka.pause()
        sent = await producer.send(TOPIC, b"history")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.shield(sent)
        kafka.resume()
        await sent
    assert await read(kafka, 2) == [b"maths", b"history"]


async def test_two_run_side_by_side(kafka: Kafka, tmp_path: Path) -> None:
    other = Kafka(tmp_path / "other")
    await other.start()
    await create_topic(kafka)
    assert await topics(kafka) == [TOPIC]
    assert await topics(other) == []
    await other.stop()


async def test_it_dies_with_its_parent_even_when_it_is_frozen(tmp_path: Path) -> None:
    program = f"""
        import asyncio, pathlib, time
        from devstack.kafka import Kafka
        kafka = Kafka(pathlib.Path({str(tmp_path)!r}))
        asyncio.run(kafka.start())
        kafka.pause()
        print(kafka.process.pid, flush=True)
        time.sleep(300)
    """
    with parent(program) as (broker,):
        await until(lambda: stopped(broker))
    await until(lambda: gone(broker))


async def test_it_tells_why_it_does_not_start(tmp_path: Path) -> None:
    kafka = Kafka(tmp_path, jvm_options=["-XX:+NoSuchOption"])
    with pytest.raises(StartError, match="Unrecognized VM option 'NoSuchOption'"):
        await kafka.start()


async def test_a_class_archive_that_is_broken_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users_jars = jar_folder()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    shutil.copytree(users_jars, jar_folder(), dirs_exist_ok=True)
    java = find_java()
    archive_file(java, ensure_jars(kafka_jars(), jar_folder())).write_bytes(b"no archive" * 100_000)
    kafka = Kafka(tmp_path / "kafka", java=java)
    await kafka.start()
    assert await topics(kafka) == []
    await kafka.stop()


async def stopped(pid: int) -> bool:
    return state_of(pid) == "T"


async def gone(pid: int) -> bool:
    return ended(pid)


async def create_topic(kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()


async def topics(kafka: Kafka) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    names: list[str] = await admin.list_topics()
    await admin.close()
    return names


async def write(kafka: Kafka, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(TOPIC, value)


async def read(kafka: Kafka, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(TOPIC, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(count)]
