"""Applying events: each once, in order per key, in one transaction with its inbox row.

A batch is split into waves: a wave holds at most one event per key, so a handler gets many events of one type at once
and may write them with set-based statements, while two events of one key still follow each other.
"""

import collections
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import structlog
from asyncpg import Record as Row
from prometheus_client import Counter, Gauge

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import Event, EventData, decode
from shared.runtime.postgres import Connection, Pool, transient
from shared.runtime.sql import load_queries

log = structlog.get_logger()
QUERIES = load_queries("shared.runtime")

PARKED_ALARM = timedelta(minutes=15)
HANDLED = Counter("dzwonek_events_handled_total", "Events that had their effect", ["type"])
REPEATED = Counter("dzwonek_events_repeated_total", "Events seen again, without effect")
PARKED = Gauge("dzwonek_events_parked", "Events that wait for something not known yet")
PARKED_SECONDS = Gauge("dzwonek_events_parked_oldest_seconds", "Age of the event parked for longest")


class PermanentError(Exception):
    """Raised by a handler for an event that can never succeed; `reason` is a stable code for the dead letter."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Refused(Exception):  # noqa: N818 - names what happened
    """Raised by a handler that knows which of its events can never succeed: the others are applied without a search.

    `faults` has the fault of each by its id.
    """

    def __init__(self, faults: Mapping[UUID, PermanentError]) -> None:
        super().__init__(f"{len(faults)} events refused")
        self.faults = faults


class Handled(NamedTuple):
    """What a handler reports besides its effects.

    `parked`: events about an id not known yet, with that id. `introduced`: ids known from now on, whose parked events
    are replayed in the same transaction.
    """

    parked: Sequence[tuple[Event[Any], UUID]] = ()
    introduced: Sequence[UUID] = ()


D = TypeVar("D", bound=EventData)
Handler = Callable[[Connection, Sequence[Event[Any]]], Awaitable[Handled]]


@dataclass(frozen=True)
class Arrival:
    """An event with what is needed to keep it as it came."""

    event: Event[EventData]
    topic: str
    headers: Mapping[str, str]
    value: bytes
    parked_at: datetime | None = None


@dataclass
class Handlers:
    """Which handler takes which type of event."""

    by_type: dict[str, Handler] = field(default_factory=dict)
    by_version: set[str] = field(default_factory=set)

    def on(
        self,
        data: type[D],
        handler: Callable[[Connection, Sequence[Event[D]]], Awaitable[Handled]],
        *,
        by_version: bool = False,
    ) -> None:
        """Lets `handler` take events of the type; it is called with one event per key at the most.

        `by_version`: the handler knows by their version what it has had, so that they need not be noted in the inbox.
        """
        if data.TYPE in self.by_type:
            raise ValueError(f"{data.TYPE} has a handler already")
        self.by_type[data.TYPE] = handler
        if by_version:
            self.by_version.add(data.TYPE)


class Inbox:
    """Applies arrivals to the database through the handlers."""

    def __init__(self, pool: Pool, handlers: Handlers) -> None:
        self._pool = pool
        self._handlers = handlers.by_type
        self._by_version = handlers.by_version

    def wants(self, type_name: str) -> bool:
        """Whether this service has a handler for the type; the others are skipped."""
        return type_name in self._handlers

    async def apply(self, arrivals: Sequence[Arrival]) -> None:
        """Applies those not applied before, all in one transaction. Raises what a handler or PostgreSQL raises."""
        async with self._pool.acquire() as connection, connection.transaction():
            known_by_id = [each.event.id for each in arrivals if each.event.type not in self._by_version]
            repeated = set(known_by_id)
            if known_by_id:
                repeated -= {row["event_id"] for row in await connection.fetch(QUERIES["note_events"], known_by_id)}
            fresh = {each.event.id: each for each in arrivals if each.event.id not in repeated}
            await self._replay(connection, await self._run(connection, fresh))
        REPEATED.inc(len(arrivals) - len(fresh))
        for type_name, count in collections.Counter(arrival.event.type for arrival in fresh.values()).items():
            HANDLED.labels(type_name).inc(count)

    async def retry_parked(self, *, older_than: timedelta, at_most: int = 500) -> int:
        """Tries parked events again, those that waited longest since their last try first. Returns how many.

        Covers the event that was parked in the very moment in which what it waited for arrived.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(QUERIES["unpark_oldest_tried"], older_than, at_most)
            await self._replay(connection, rows)
        return len(rows)

    async def measure_parked(self) -> None:
        """Brings the metrics of parked events up to date and alarms when one has waited too long."""
        row = await self._pool.fetchrow(QUERIES["parked_depth"])
        if row is None:
            return
        PARKED.set(row["depth"])
        PARKED_SECONDS.set(row["oldest_seconds"])
        if row["oldest_seconds"] > PARKED_ALARM.total_seconds():
            log.error("events_parked_too_long", parked=row["depth"], oldest_seconds=int(row["oldest_seconds"]))

    async def _run(self, connection: Connection, arrivals: Mapping[UUID, Arrival]) -> list[Row]:
        """Hands the events to their handlers. Returns the parked rows that they made ready."""
        introduced: list[UUID] = []
        for wave in waves(arrivals.values()):
            for type_name, events in wave.items():
                handled = await self._handlers[type_name](connection, events)
                introduced += handled.introduced
                await _park(connection, [(arrivals[event.id], missing) for event, missing in handled.parked])
        return await connection.fetch(QUERIES["unpark_introduced"], introduced) if introduced else []

    async def _replay(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Handles parked events, each under a savepoint: a bad one stays parked, alarms with its age, and harms no
        other."""
        waiting = deque(sorted(rows, key=lambda row: row["event_id"]))  # ids sort by time
        while waiting:
            row = waiting.popleft()
            try:
                async with connection.transaction():
                    arrival = _unparked(row)
                    waiting += await self._run(connection, {arrival.event.id: arrival})
            except Exception as error:
                if transient(error):
                    raise
                log.exception("parked_event_failed", event_id=str(row["event_id"]))
                await _keep_parked(connection, [row])


def waves(arrivals: Iterable[Arrival]) -> Iterator[dict[str, list[Event[EventData]]]]:
    """The events in waves, by type: in each wave at most one event per key, in each key's order."""
    depth: dict[str, int] = {}
    layers: list[dict[str, list[Event[EventData]]]] = []
    for arrival in arrivals:
        event = arrival.event
        level = depth.get(event.key, 0)
        depth[event.key] = level + 1
        if level == len(layers):
            layers.append({})
        layers[level].setdefault(event.type, []).append(event)
    yield from layers


async def _park(connection: Connection, parked: Sequence[tuple[Arrival, UUID]]) -> None:
    if not parked:
        return
    now = await connection.fetchval("SELECT now()")
    rows = [
        {
            "event_id": arrival.event.id,
            "missing_id": missing,
            "topic": arrival.topic,
            "headers": json.dumps(dict(arrival.headers)),
            "value": arrival.value,
            "parked_at": arrival.parked_at or now,
        }
        for arrival, missing in parked
    ]
    await _keep_parked(connection, rows)


async def _keep_parked(connection: Connection, rows: Sequence[Mapping[str, object] | Row]) -> None:
    columns = ("event_id", "missing_id", "topic", "headers", "value", "parked_at")
    await connection.execute(QUERIES["park_events"], *([row[column] for row in rows] for column in columns))


def _unparked(row: Row) -> Arrival:
    """A parked row as it arrived. Raises UndecodableRecord when this version cannot read it."""
    headers = json.loads(row["headers"])
    event = decode(CATALOGUE, headers, row["value"])
    return Arrival(event, row["topic"], headers, row["value"], row["parked_at"])
