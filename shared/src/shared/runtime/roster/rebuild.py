"""Making the projection anew from the topics, and putting it in the place of the old one without anybody noticing.

The topics are compacted: read from their beginning they hold the last state of everything. It is taken over into tables
beside the old ones, which are asked and kept meanwhile. In the end whoever keeps them is held up for a moment, what has
come since is read, and the schemas change their names: PostgreSQL plans every statement anew after that.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import UndecodableRecord, decode, read_headers
from shared.contracts.roster import RosterState
from shared.runtime.migrate import LOCK as MIGRATING
from shared.runtime.postgres import Connection
from shared.runtime.roster import PACKAGE
from shared.runtime.roster.projection import LIVE, TAKING_OVER, TOPICS, Projection, State, newest
from shared.runtime.settings import KafkaSettings
from shared.runtime.sql import load_queries
from shared.runtime.subscriber import FETCH_BYTES

SQL = load_queries(PACKAGE, "rebuild.sql")

NEXT, OLD = f"{LIVE}_next", f"{LIVE}_old"
REBUILDING = 0x72656275  # "rebu"
"""The advisory lock of whoever rebuilds: one at a time."""

AT_ONCE = 5_000
"""Records that are taken over together."""

POLL_MS = 500
HELD_SECONDS = 20.0
"""How long whoever keeps the projection may be held up."""

LEAST_PART = 0.9
"""A projection of fewer people than that part of the old one is put in its place only by who says so."""

Progress = Callable[[int, int], None]
"""Told how many records were read, and how many there are."""


class AlreadyRebuilding(Exception):  # noqa: N818 - reads as what happened
    """Somebody else is at it."""


class NotPutInPlace(Exception):  # noqa: N818 - reads as what happened
    """What was made stays unused, because the old projection may be the better one; says why."""


@dataclass
class Rebuilt:
    """What was read, by topic, and what of it is kept; `unreadable` records are no events that this release knows."""

    read: dict[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    unreadable: int = 0


async def rebuild(
    connection: Connection, settings: KafkaSettings, progress: Progress, *, fewer: bool = False
) -> Rebuilt:
    """Makes the projection anew over a connection of its own; with `fewer` also one of much fewer people.

    Raises AlreadyRebuilding, NotPutInPlace, KafkaError and what asyncpg raises; the old projection then stays as it is.
    """
    if not await connection.fetchval(SQL["lock"], REBUILDING):
        raise AlreadyRebuilding
    # A migration that came meanwhile would change tables that go away.
    await connection.execute(SQL["lock_migrations"], MIGRATING)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    try:
        await consumer.start()
        work = _Rebuild(connection, consumer, settings.kafka_prefix, progress)
        return await work.run(fewer=fewer)
    finally:
        await consumer.stop()
        await connection.execute(SQL["unlock_migrations"], MIGRATING)
        await connection.execute(SQL["unlock"], REBUILDING)


class _Rebuild:
    def __init__(self, connection: Connection, consumer: AIOKafkaConsumer, prefix: str, progress: Progress) -> None:
        self._connection = connection
        self._consumer = consumer
        self._prefix = prefix
        self._progress = progress
        self._projection = Projection(NEXT)
        self._rebuilt = Rebuilt({topic.name: 0 for topic in TOPICS})

    async def run(self, *, fewer: bool) -> Rebuilt:
        """All of it, from the tables to the change of names."""
        await self._make_tables()
        await self._assign()
        await self._take_over_until_the_end()
        self._refuse_unreadable()
        try:
            await self._put_in_place(fewer=fewer)
        except TimeoutError:
            raise NotPutInPlace("the last events did not come in time: is Kafka well?") from None
        self._rebuilt.kept = {row["what"]: row["count"] for row in await self._connection.fetch(SQL["kept"])}
        return self._rebuilt

    async def _refuse_fewer(self) -> None:
        """Raises NotPutInPlace where many people would be gone."""
        made = await self._connection.fetchval(f"SELECT count(*) FROM {NEXT}.people")  # noqa: S608 - a name of ours
        there = await self._connection.fetchval(f"SELECT count(*) FROM {LIVE}.people")  # noqa: S608 - a name of ours
        if made < there * LEAST_PART:
            raise NotPutInPlace(
                f"the topics tell of {made:,} people and there are {there:,}: if Kafka has lost its disks, let accounts"
                " republish first; if that is right, give --fewer"
            )

    def _refuse_unreadable(self) -> None:
        if self._rebuilt.unreadable:
            raise NotPutInPlace(
                f"nobody can read {self._rebuilt.unreadable:,} of the records: is this the newest release?"
            )

    async def _put_in_place(self, *, fewer: bool) -> None:
        """Whoever keeps the old tables waits meanwhile. Raises TimeoutError before that is for long."""
        async with asyncio.timeout(HELD_SECONDS), self._connection.transaction():
            await self._connection.execute(SQL["hold_up_others"], TAKING_OVER)
            await self._take_over_until_the_end()
            self._refuse_unreadable()
            if not fewer:
                await self._refuse_fewer()
            await self._connection.execute(f"ALTER SCHEMA {LIVE} RENAME TO {OLD}")
            await self._connection.execute(f"ALTER SCHEMA {NEXT} RENAME TO {LIVE}")
        await self._connection.execute(f"DROP SCHEMA {OLD} CASCADE")

    async def _make_tables(self) -> None:
        """Tables as the live ones are, whatever migrations have made of them; without what an earlier try has left."""
        for left in (NEXT, OLD):
            await self._connection.execute(f"DROP SCHEMA IF EXISTS {left} CASCADE")
        await self._connection.execute(f"CREATE SCHEMA {NEXT}")
        for row in await self._connection.fetch(SQL["tables"], LIVE):
            name = row["name"]
            await self._connection.execute(f"CREATE TABLE {NEXT}.{name} (LIKE {LIVE}.{name} INCLUDING ALL)")

    async def _assign(self) -> None:
        places = [
            TopicPartition(self._prefix + topic.name, partition)
            for topic in TOPICS
            for partition in range(topic.partitions)
        ]
        self._consumer.assign(places)
        await self._consumer.seek_to_beginning(*places)

    async def _take_over_until_the_end(self) -> None:
        """Takes over what the topics hold at this moment."""
        ends = await self._consumer.end_offsets(list(self._consumer.assignment()))
        left = {place for place, end in ends.items() if await self._consumer.position(place) < end}
        begins = await self._consumer.beginning_offsets(list(ends))
        total = sum(end - begins[place] for place, end in ends.items())
        while left:
            batches = await self._consumer.getmany(*left, timeout_ms=POLL_MS, max_records=AT_ONCE)
            await self._take_over([record for batch in batches.values() for record in batch])
            for place in list(left):
                if await self._consumer.position(place) >= ends[place]:
                    left.remove(place)
            self._progress(sum(self._rebuilt.read.values()), total)

    async def _take_over(self, records: "list[ConsumerRecord[bytes, bytes]]") -> None:
        by_kind: dict[type[RosterState], list[State]] = {}
        for record in records:
            self._rebuilt.read[record.topic.removeprefix(self._prefix)] += 1
            if state := self._read(record):
                by_kind.setdefault(type(state.data), []).append(state)
        for kind, states in by_kind.items():
            await self._projection.take_over(self._connection, kind, newest(states))

    def _read(self, record: "ConsumerRecord[bytes, bytes]") -> State | None:
        try:
            event = decode(CATALOGUE, read_headers(record.headers), record.value)
        except UndecodableRecord:
            self._rebuilt.unreadable += 1
            return None
        if event.district is None or not isinstance(event.data, RosterState):
            self._rebuilt.unreadable += 1
            return None
        return State(event.district, event.data)
