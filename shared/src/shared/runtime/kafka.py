"""Kafka: the producer, the topics, and the wait for a broker that is not there yet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from shared.contracts.topics import EVENT_TOPICS, Topic, dead_letter_topic, retry_topic
from shared.runtime.health import Health
from shared.runtime.process import Part
from shared.runtime.settings import KafkaSettings
from shared.runtime.waiting import pause, unless

log = structlog.get_logger()

WATCH_SECONDS = 5.0
CREATE_SECONDS = 10.0
KNOWN_POLL_SECONDS = 0.05
BEGIN_SECONDS = 1.0
"""What a client of Kafka may still take to begin when the process is to end: aiokafka leaves open the connection over
which it asks for the brokers when it is cancelled."""

MAX_BYTES = 5 * 1024 * 1024
"""What a producer sends at most at once: some of what topics take."""

TOPIC_EXISTS = 36
"""Kafka's error code TOPIC_ALREADY_EXISTS."""


def create_producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """A producer that loses and repeats nothing: idempotent, acknowledged by all in-sync replicas."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=128 * 1024,
        max_request_size=MAX_BYTES,
        request_timeout_ms=15_000,
    )


def topics_of(service: str) -> tuple[Topic, ...]:
    """What a service needs to be there: every event topic, its own dead letters and its own retries."""
    return (*EVENT_TOPICS, dead_letter_topic(service), retry_topic(service))


@asynccontextmanager
async def administering(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Kafka's administrative side, over a connection of its own. Raises KafkaError when Kafka is away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def create_topics(settings: KafkaSettings, service: str) -> None:
    """Creates the topics that are missing and waits until the broker knows all. Raises KafkaError when it refuses."""
    async with administering(settings) as admin:
        wanted = [
            NewTopic(
                settings.kafka_prefix + topic.name,
                topic.partitions,
                settings.kafka_replication,
                topic_configs=topic.config(),
            )
            for topic in topics_of(service)
        ]
        answer = await admin.create_topics(wanted)
        for name, code, *_ in answer.topic_errors:  # aiokafka raises nothing, it answers with codes
            if code not in {0, TOPIC_EXISTS}:
                raise for_code(code)(f"topic {name} cannot be created")
        # Created is not known: that takes a busy broker seconds, and a consumer that starts before fails.
        while not {topic.name for topic in wanted} <= set(await admin.list_topics()):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(KNOWN_POLL_SECONDS)


async def is_member(settings: KafkaSettings, group: str, member_id: str) -> bool:
    """Whether Kafka knows the member of the group. Raises KafkaError when it cannot be asked."""
    async with administering(settings) as admin:
        answers = await admin.describe_consumer_groups([group])
    described = [each for answer in answers for each in answer.to_object()["groups"]]
    return any(member["member_id"] == member_id for each in described for member in each["members"])


async def kafka_answers(settings: KafkaSettings) -> bool:
    """Whether Kafka is there, asked over a connection of its own."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap, request_timeout_ms=5000)
    try:
        await asyncio.wait_for(admin.start(), CREATE_SECONDS)
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return True


async def await_kafka(settings: KafkaSettings, service: str, health: Health, stop: asyncio.Event) -> bool:
    """Waits, visibly on `/readyz`, until Kafka is there and has the topics. False when `stop` came first."""
    health.waiting_for = "Kafka"
    while not stop.is_set():
        fault = await unless(stop, _created(settings, service), grace=BEGIN_SECONDS)
        if fault is None:
            return not stop.is_set()
        log.warning("kafka_awaited", error=fault)
        await pause(stop, 1)
    return False


def watching_kafka(settings: KafkaSettings, service: str, health: Health) -> Part:
    """A part that makes the topics, tells on `/readyz` when Kafka is away, and makes topics anew that it lost.

    A process that only produces is ready once Kafka was there.
    """

    async def running(stop: asyncio.Event) -> None:
        away: str | None = None
        health.ready["kafka"] = lambda: away
        health.waiting_for = health.waiting_for and "Kafka"
        while not stop.is_set():
            fault = await unless(stop, _created(settings, service), grace=BEGIN_SECONDS)
            if fault and not away:
                log.warning("kafka_away", error=fault)
            away = fault and f"Kafka does not answer ({fault})"
            if not away:
                health.waiting_for = None
            await pause(stop, WATCH_SECONDS)

    return running


async def _created(settings: KafkaSettings, service: str) -> str | None:
    """Makes the topics that are missing. Returns the fault that it met."""
    try:
        await asyncio.wait_for(create_topics(settings, service), CREATE_SECONDS)
    except (KafkaError, OSError) as error:
        return type(error).__name__
    return None
