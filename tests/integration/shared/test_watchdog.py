"""A group that has work and does none is seen; one that waits for a database or for Kafka is left alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.shared.conftest import SERVICE
from tests.integration.shared.events import activated
from tests.waiting import until

from shared.contracts.accounts import AccountActivated
from shared.contracts.envelope import Event, encode
from shared.contracts.topics import retry_topic
from shared.runtime.consumer import Handled, Handlers, Inbox
from shared.runtime.kafka import is_member
from shared.runtime.postgres import Connection, Pool
from shared.runtime.settings import KafkaSettings
from shared.runtime.subscriber import Subscriptions
from shared.runtime.watchdog import Watchdog

GROUP = "security"
TOPIC = retry_topic(SERVICE)
"""It has one partition."""

STALL_SECONDS = 0.3
NewWatchdog = Callable[..., Watchdog]


@pytest.fixture
def hold() -> asyncio.Event:
    """Until it is set the handler hangs."""
    return asyncio.Event()


@asynccontextmanager
async def listening(
    pool: Pool, kafka: KafkaSettings, producer: AIOKafkaProducer, hold: asyncio.Event
) -> AsyncIterator[Subscriptions]:
    """A consumer of the group, whose handler hangs."""

    async def hanging(_: Connection, __: Sequence[Event[AccountActivated]]) -> Handled:
        await hold.wait()
        return Handled()

    handlers = Handlers()
    handlers.on(AccountActivated, hanging)
    subscriptions = Subscriptions(kafka, SERVICE, Inbox(pool, handlers), producer)
    subscriptions.add(GROUP, [TOPIC])
    await subscriptions.broker.start()
    try:
        yield subscriptions
    finally:
        hold.set()
        await subscriptions.broker.stop()


@pytest.fixture
async def subscriptions(
    pool: Pool, kafka: KafkaSettings, producer: AIOKafkaProducer, hold: asyncio.Event
) -> AsyncIterator[Subscriptions]:
    async with listening(pool, kafka, producer, hold) as subscriptions:
        yield subscriptions


@pytest.fixture
async def spare(
    pool: Pool, kafka: KafkaSettings, producer: AIOKafkaProducer, hold: asyncio.Event
) -> AsyncIterator[Subscriptions]:
    """Another one in the same group."""
    async with listening(pool, kafka, producer, hold) as subscriptions:
        yield subscriptions


@pytest.fixture
def watchdog(kafka: KafkaSettings) -> NewWatchdog:
    def made(subscriptions: Subscriptions, *, kafka_is_there: bool = True, ask_seconds: float = 5) -> Watchdog:
        async def answers() -> bool:
            return kafka_is_there

        membership = partial(is_member, kafka)
        return Watchdog(subscriptions, answers, membership, stall_seconds=STALL_SECONDS, ask_seconds=ask_seconds)

    return made


async def send(producer: AIOKafkaProducer, kafka: KafkaSettings, count: int) -> None:
    for _ in range(count):
        record = encode(activated())
        topic = kafka.kafka_prefix + TOPIC.name
        await producer.send_and_wait(topic, record.value, b"one key", headers=list(record.headers))


def stalled(dog: Watchdog) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        await dog.look(GROUP)
        return dog.stalled() is not None

    return look


def longer_than_a_stall() -> Callable[[], Awaitable[bool]]:
    """True once a group that stands still from now on has stalled: the passing of time is the thing itself."""
    over = time.monotonic() + STALL_SECONDS

    async def look() -> bool:
        return time.monotonic() > over

    return look


async def test_a_group_that_hangs_with_work_before_it_has_stalled_until_it_goes_on(
    subscriptions: Subscriptions,
    producer: AIOKafkaProducer,
    kafka: KafkaSettings,
    hold: asyncio.Event,
    watchdog: NewWatchdog,
) -> None:
    dog = watchdog(subscriptions)
    await send(producer, kafka, 1)
    processor = subscriptions.groups[GROUP][1]
    begun = processor.marked_at
    await until(lambda: asyncio.sleep(0, processor.marked_at > begun))
    await send(producer, kafka, 3)
    await until(stalled(dog))
    assert "security has stood still" in (dog.stalled() or "")
    hold.set()

    async def goes_on() -> bool:
        return not await stalled(dog)()

    await until(goes_on)


async def test_a_group_without_work_is_well(subscriptions: Subscriptions, watchdog: NewWatchdog) -> None:
    dog = watchdog(subscriptions)
    await until(lambda: asyncio.sleep(0, bool(subscriptions.groups[GROUP][0].consumer.assignment())))  # type: ignore[union-attr]
    await dog.look(GROUP)
    await until(longer_than_a_stall())
    await dog.look(GROUP)
    assert dog.stalled() is None


async def test_one_that_has_no_partition_is_well_unless_it_fell_out_of_its_group(
    subscriptions: Subscriptions,
    spare: Subscriptions,
    producer: AIOKafkaProducer,
    kafka: KafkaSettings,
    watchdog: NewWatchdog,
) -> None:
    """Also while the other one hangs with work before it: that one has to look after itself."""

    async def idle() -> Subscriptions | None:
        """The one that got nothing when the only partition was given to the other."""
        without = [each for each in (subscriptions, spare) if not each.groups[GROUP][0].consumer.assignment()]  # type: ignore[union-attr]
        return without[0] if len(without) == 1 else None

    await send(producer, kafka, 3)
    one_too_many = await until(idle)
    dog = watchdog(one_too_many)
    await dog.look(GROUP)
    await until(longer_than_a_stall())
    await dog.look(GROUP)
    assert dog.stalled() is None
    await one_too_many.groups[GROUP][0].consumer._coordinator.close()  # type: ignore[union-attr]
    await until(stalled(dog))


@pytest.mark.parametrize("kafka_is_there", [True, False])
async def test_a_group_that_cannot_be_asked_has_stalled_unless_kafka_is_away(
    subscriptions: Subscriptions, kafka_is_there: bool, watchdog: NewWatchdog
) -> None:
    dog = watchdog(subscriptions, kafka_is_there=kafka_is_there, ask_seconds=0.000001)
    await dog.look(GROUP)
    await until(longer_than_a_stall())
    await dog.look(GROUP)
    assert (dog.stalled() is not None) is kafka_is_there
