"""Watches that consumers make progress: a consumer that silently stalls fails its process's liveness.

What counts is the distance between a group's position and the end of its topics, asked of the broker anew, and when
the group last did anything; a ping would say nothing. A consumer that cannot even be asked has stalled as well, unless
Kafka itself is away: then there is nothing to do but wait. One that has no partition may be one too many; it has
stalled when Kafka does not know it as a member of its group.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
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

    `kafka_answers` tells whether Kafka is there, `is_member` whether it knows a member of a group, both over
    connections of their own.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        kafka_answers: Callable[[], Awaitable[bool]],
        is_member: Callable[[str, str], Awaitable[bool]],
        *,
        stall_seconds: float = STALL_SECONDS,
        ask_seconds: float = ASK_SECONDS,
    ) -> None:
        self._subscriptions = subscriptions
        self._kafka_answers = kafka_answers
        self._is_member = is_member
        self._stall_seconds = stall_seconds
        self._ask_seconds = ask_seconds
        self._idle_since: dict[str, float] = {}
        self._stalled: dict[str, float] = {}

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
        """Whether there is something to do: records before it, or a group to come back into."""
        subscriber, processor = self._subscriptions.groups[name]
        consumer = subscriber.consumer
        if consumer is None:
            return False
        assigned = consumer.assignment()
        ends = await consumer.end_offsets(list(assigned)) if assigned else {}
        positions = {place: await consumer.position(place) for place in assigned}
        lag: int = sum(max(0, ends[place] - positions[place]) for place in assigned)
        LAG.labels(name).set(lag)
        PROGRESS.labels(name).set(sum(positions.values()))
        if assigned:
            return lag > 0
        member_id = consumer._coordinator.member_id  # noqa: SLF001 - aiokafka tells it nowhere else
        return not await self._is_member(processor.group, member_id)

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
