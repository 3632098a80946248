"""A group that has work and does none is seen; one that waits for a database or for Kafka is left alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.shared.conftest import SERVICE
from tests.integration.shared.events import activated
from tests.waiting import until

from shared.contracts.accounts import AccountActivated
from shared.contracts.envelope import Event, encode
from shared.contracts.topics import ACCOUNTS_ACCOUNT
from shared.runtime.consumer import Handled, Handlers, Inbox
from shared.runtime.postgres import Connection, Pool
from shared.runtime.settings import KafkaSettings
from shared.runtime.subscriber import Subscriptions
from shared.runtime.watchdog import Watchdog

GROUP = "security"
STALL_SECONDS = 0.3


@pytest.fixture
def hold() -> asyncio.Event:
    """Until it is set the handler hangs."""
    return asyncio.Event()


@pytest.fixture
async def subscriptions(
    pool: Pool, kafka: KafkaSettings, producer: AIOKafkaProducer, hold: asyncio.Event
) -> AsyncIterator[Subscriptions]:
    async def hanging(_: Connection, __: Sequence[Event[AccountActivated]]) -> Handled:
        await hold.wait()
        return Handled()

    handlers = Handlers()
    handlers.on(AccountActivated, hanging)
    subscriptions = Subscriptions(kafka, SERVICE, Inbox(pool, handlers), producer)
    subscriptions.add(GROUP, [ACCOUNTS_ACCOUNT])
    await subscriptions.broker.start()
    yield subscriptions
    hold.set()
    await subscriptions.broker.stop()


def watchdog(subscriptions: Subscriptions, *, kafka_is_there: bool = True, ask_seconds: float = 5) -> Watchdog:
    async def answers() -> bool:
        return kafka_is_there

    return Watchdog(subscriptions, answers, stall_seconds=STALL_SECONDS, ask_seconds=ask_seconds)


async def send(producer: AIOKafkaProducer, kafka: KafkaSettings, count: int) -> None:
    for _ in range(count):
        record = encode(activated())
        topic = kafka.kafka_prefix + record.topic.name
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
    subscriptions: Subscriptions, producer: AIOKafkaProducer, kafka: KafkaSettings, hold: asyncio.Event
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


async def test_a_group_without_work_is_well(subscriptions: Subscriptions) -> None:
    dog = watchdog(subscriptions)
    await until(lambda: asyncio.sleep(0, bool(subscriptions.groups[GROUP][0].consumer.assignment())))  # type: ignore[union-attr]
    await dog.look(GROUP)
    await until(longer_than_a_stall())
    await dog.look(GROUP)
    assert dog.stalled() is None


@pytest.mark.parametrize("kafka_is_there", [True, False])
async def test_a_group_that_cannot_be_asked_has_stalled_unless_kafka_is_away(
    subscriptions: Subscriptions, kafka_is_there: bool
) -> None:
    dog = watchdog(subscriptions, kafka_is_there=kafka_is_there, ask_seconds=0.000001)
    await dog.look(GROUP)
    await until(longer_than_a_stall())
    await dog.look(GROUP)
    assert (dog.stalled() is not None) is kafka_is_there
