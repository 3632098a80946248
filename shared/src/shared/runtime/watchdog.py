"""Watches that consumers make progress: a consumer that silently stalls fails its process's liveness.

What counts is the distance between a group's position and the end of its topics, asked of the broker anew, and when
the group last did anything; a ping would say nothing.
"""

import asyncio
import contextlib
import time

import structlog
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from shared.runtime.subscriber import Subscriptions

log = structlog.get_logger()

LOOK_SECONDS = 5.0
STALL_SECONDS = 60.0
ASK_SECONDS = 10.0

LAG = Gauge("dzwonek_consumer_lag", "Records between the group's position and the end of its topics", ["group"])
PROGRESS = Gauge("dzwonek_consumer_position", "Sum of the group's positions", ["group"])


class Watchdog:
    """Measures the lag of each group, and whether it stands still in spite of it."""

    def __init__(self, subscriptions: Subscriptions, *, stall_seconds: float = STALL_SECONDS) -> None:
        self._subscriptions = subscriptions
        self._stall_seconds = stall_seconds
        self._lagging_since: dict[str, float] = {}
        self._stalled: dict[str, float] = {}

    def stalled(self) -> str | None:
        """A check for liveness: the groups that have work and do none."""
        return ", ".join(f"{name} has stood still for {age:.0f} s" for name, age in self._stalled.items()) or None

    async def run(self, stop: asyncio.Event) -> None:
        """Looks every few seconds until `stop`."""
        while not stop.is_set():
            for name in self._subscriptions.groups:
                try:
                    await asyncio.wait_for(self._look(name), ASK_SECONDS)
                except (KafkaError, TimeoutError) as error:
                    log.warning("lag_unknown", group=name, error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def _look(self, name: str) -> None:
        subscriber, processor = self._subscriptions.groups[name]
        consumer = subscriber.consumer
        if consumer is None:
            return
        assigned = consumer.assignment()
        ends = await consumer.end_offsets(list(assigned)) if assigned else {}
        positions = {place: await consumer.position(place) for place in assigned}
        lag = sum(max(0, ends[place] - positions[place]) for place in assigned)
        LAG.labels(name).set(lag)
        PROGRESS.labels(name).set(sum(positions.values()))
        self._judge(name, lag, processor.marked_at)

    def _judge(self, name: str, lag: int, marked_at: float) -> None:
        now = time.monotonic()
        if lag == 0:
            self._lagging_since.pop(name, None)
            self._stalled.pop(name, None)
            return
        since = max(self._lagging_since.setdefault(name, now), marked_at)
        if now - since > self._stall_seconds:
            self._stalled[name] = now - since
        else:
            self._stalled.pop(name, None)
