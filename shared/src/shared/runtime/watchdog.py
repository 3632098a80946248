"""Watches that consumers make progress: a consumer that silently stalls fails its process's liveness.

What counts is the distance between a group's position and the end of its topics, asked of the broker anew, and when
the group last did anything; a ping would say nothing. A consumer that cannot even be asked has stalled as well, unless
Kafka itself is away: then there is nothing to do but wait. One that has no partition may be one too many, and is well
as long as the others of its group get on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from shared.runtime.subscriber import Subscriptions
from shared.runtime.waiting import pause, unless

log = structlog.get_logger()

LOOK_SECONDS = 5.0
STALL_SECONDS = 60.0
ASK_SECONDS = 10.0

LAG = Gauge("dzwonek_consumer_lag", "Records between the group's position and the end of its topics", ["group"])
PROGRESS = Gauge("dzwonek_consumer_position", "Sum of the group's positions", ["group"])


class Watchdog:
    """Measures the lag of each group, and whether it stands still in spite of it.

    `kafka_answers` tells whether Kafka is there, over a connection of its own.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        kafka_answers: Callable[[], Awaitable[bool]],
        *,
        stall_seconds: float = STALL_SECONDS,
        ask_seconds: float = ASK_SECONDS,
    ) -> None:
        self._subscriptions = subscriptions
        self._kafka_answers = kafka_answers
        self._stall_seconds = stall_seconds
        self._ask_seconds = ask_seconds
        self._idle_since: dict[str, float] = {}
        self._stalled: dict[str, float] = {}
        self._committed: dict[str, int] = {}

    def stalled(self) -> str | None:
        """A check for liveness: the groups that have work and do none."""
        return ", ".join(f"{name} has stood still for {age:.0f} s" for name, age in self._stalled.items()) or None

    async def run(self, stop: asyncio.Event) -> None:
        """Looks every few seconds until `stop`."""
        while not stop.is_set():
            for name in self._subscriptions.groups:
                await unless(stop, self.look(name))
            await pause(stop, LOOK_SECONDS)

    async def look(self, name: str) -> None:
        """Looks at one group and judges it."""
        try:
            behind = await asyncio.wait_for(self._is_behind(name), self._ask_seconds)
        except (KafkaError, TimeoutError) as error:
            log.warning("lag_unknown", group=name, error=type(error).__name__)
            behind = await self._kafka_answers()
        self._judge(name, behind=behind)

    async def _is_behind(self, name: str) -> bool:
        """Whether there is work for the group that nobody is seen to do."""
        consumer = self._subscriptions.groups[name][0].consumer
        if consumer is None:
            return False
        positions = {place: await consumer.position(place) for place in consumer.assignment()}
        lag = await _distance(consumer, positions)
        LAG.labels(name).set(lag)
        PROGRESS.labels(name).set(sum(positions.values()))
        return lag > 0 if positions else await self._stands_still(name, consumer)

    async def _stands_still(self, name: str, consumer: AIOKafkaConsumer) -> bool:
        """Whether the whole group has work and has not got on since the last look."""
        committed = await _committed(consumer)
        total = sum(committed.values())
        before, self._committed[name] = self._committed.get(name), total
        return total == before and await _distance(consumer, committed) > 0

    def _judge(self, name: str, *, behind: bool) -> None:
        now = time.monotonic()
        if not behind:
            self._idle_since.pop(name, None)
            self._stalled.pop(name, None)
            return
        marked_at = self._subscriptions.groups[name][1].marked_at
        since = max(self._idle_since.setdefault(name, now), marked_at)
        if now - since > self._stall_seconds:
            self._stalled[name] = now - since
        else:
            self._stalled.pop(name, None)


async def _committed(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """Up to where the group has come in each partition of its topics; what is gone from the topic counts as done."""
    numbers = {topic: consumer.partitions_for_topic(topic) or () for topic in consumer.subscription()}
    places = [TopicPartition(topic, number) for topic in numbers for number in numbers[topic]]
    begins = await consumer.beginning_offsets(places)
    return {place: max(await consumer.committed(place) or 0, begins[place]) for place in places}


async def _distance(consumer: AIOKafkaConsumer, positions: dict[TopicPartition, int]) -> int:
    """How many records lie between these positions and the ends of the partitions."""
    ends = await consumer.end_offsets(list(positions)) if positions else {}
    return sum(max(0, ends[place] - position) for place, position in positions.items())
