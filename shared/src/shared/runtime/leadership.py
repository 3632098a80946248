"""Who leads which slot of a lane: session advisory locks, shared between the workers alive, with a heartbeat.

A lane has four slots. Whoever holds a slot's lock is its leader. The lock goes with the connection, so a leader that
dies frees its slots at once. One that freezes keeps them, which its peers see by its heartbeat: they end its backend.
"""

import asyncio
import math
import time
from datetime import timedelta

import asyncpg
from prometheus_client import Gauge

from shared.contracts.topics import Lane
from shared.runtime.outbox import SLOTS
from shared.runtime.sql import load_queries
from shared.runtime.waiting import pause

QUERIES = load_queries("shared.runtime")

LOCK_SPACE = 0x646F0000
"""Advisory locks `(LOCK_SPACE + lane, slot)`."""

BEAT_SECONDS = 1.0
STALE = timedelta(seconds=10)
"""A leader without a heartbeat for so long is ended by a peer."""

SLOTS_HELD = Gauge("dzwonek_relay_slots", "Slots led by this process", ["lane"])


class LeadershipLost(Exception):  # noqa: N818 - names what happened
    """The connection that held the locks is gone: nothing more may be sent."""


class Leadership:
    """The slots of one lane that `worker` leads, over the connection that holds their locks.

    Whoever else uses the connection takes its `turn`.
    """

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", lane: Lane, worker: object) -> None:
        self.connection = connection
        self.turn = asyncio.Lock()
        self.slots: list[int] = []
        self._lane = lane
        self._worker = worker
        self._locks = LOCK_SPACE + list(Lane).index(lane)
        self._share = 0
        self._beat_at = time.monotonic()

    def check(self) -> None:
        """Raises LeadershipLost when the connection is gone, or no heartbeat went through for so long that a peer
        may lead by now (a process that was frozen finds out here)."""
        late = time.monotonic() - self._beat_at > STALE.total_seconds() / 2
        if self.connection.is_closed() or late:
            raise LeadershipLost("heartbeat late" if late else "connection closed")

    async def keep(self, stop: asyncio.Event) -> None:
        """The heartbeat until `stop`, and with it the share of slots as workers come and go."""
        while not stop.is_set():
            async with self.turn:
                workers = await self.connection.fetchval(QUERIES["beat_worker"], self._lane, self._worker, STALE)
                self._share = math.ceil(SLOTS / workers)
                await self._take_share()
                if self.slots:
                    await self.connection.execute(QUERIES["beat_slots"], self._lane, self.slots, self._worker)
            self._beat_at = time.monotonic()
            SLOTS_HELD.labels(self._lane).set(len(self.slots))
            await pause(stop, BEAT_SECONDS)

    @property
    def has_surplus(self) -> bool:
        """Whether it leads slots above its share."""
        return len(self.slots) > max(self._share, 1)

    async def release_surplus(self) -> None:
        """Gives slots above its share to the others; only when nothing of them is in flight or to be archived."""
        while self.has_surplus:
            async with self.turn:
                slot = self.slots[-1]
                self.slots = self.slots[:-1]
                await self.connection.execute(QUERIES["release_slot"], self._locks, slot)

    async def resign(self) -> None:
        """Tells the others at once that this worker is gone."""
        async with self.turn:
            await self.connection.execute(QUERIES["forget_worker"], self._lane, self._worker)

    async def _take_share(self) -> None:
        """Takes free slots up to its share; ends leaders that are frozen."""
        for slot in sorted(set(range(SLOTS)) - set(self.slots), key=lambda slot: hash((self._worker, slot))):
            if len(self.slots) >= self._share:
                return
            if await self.connection.fetchval(QUERIES["take_slot"], self._locks, slot):
                self.slots = [*self.slots, slot]
            else:
                await self.connection.execute(QUERIES["end_stale_leader"], self._lane, slot, self._locks, slot, STALE)
