"""The runtime's own tables and the tally, and Kafka with a prefix of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from tests.integration.shared.events import TALLY

from shared.runtime.kafka import create_producer, create_topics
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.settings import KafkaSettings

SERVICE = "notifications"


@pytest.fixture
async def url(database: Callable[..., Awaitable[str]]) -> str:
    return await database("runtime", packages=[])


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    pool = await create_pool(url, size=8)
    await pool.execute(TALLY)
    yield pool
    await pool.close()


@pytest.fixture
async def kafka(kafka_bootstrap: str, kafka_prefix: str) -> KafkaSettings:
    settings = KafkaSettings(kafka_bootstrap=kafka_bootstrap, kafka_prefix=kafka_prefix)
    await create_topics(settings, SERVICE)
    return settings


@pytest.fixture
async def producer(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    producer = create_producer(kafka)
    await producer.start()
    yield producer
    await producer.stop()


Read = Callable[..., Awaitable[list["ConsumerRecord[bytes, bytes]"]]]


@pytest.fixture
def read_topic(kafka: KafkaSettings) -> Read:
    """Reads `count` records of a topic, or what is there now when no count is given."""

    async def read(name: str, count: int | None = None) -> list["ConsumerRecord[bytes, bytes]"]:
        topic = kafka.kafka_prefix + name
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka.kafka_bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            ends = await consumer.end_offsets(list(consumer.assignment()))
            wanted = sum(ends.values()) if count is None else count
            records: list[ConsumerRecord[bytes, bytes]] = []
            while len(records) < wanted:
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    records += batch
            return records
        finally:
            await consumer.stop()

    return read
