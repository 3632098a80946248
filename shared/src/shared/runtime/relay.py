"""The relay: publishes the outbox to Kafka, in order per key, from one leader per lane and slot.

A take-over of a slot may repeat or reorder what was in flight; consumers are idempotent and aggregates carry versions.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import partial

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import PostgresDsn

from shared.contracts.topics import BROKER_MAX_BYTES, Lane
from shared.runtime.batching import Rows
from shared.runtime.events import new_id
from shared.runtime.kafka import BEGIN_SECONDS, create_producer
from shared.runtime.leadership import SLOTS_HELD, Leadership, LeadershipLost
from shared.runtime.looking import Looks
from shared.runtime.outbox import IN_ORDER
from shared.runtime.postgres import connect, transient, with_fresh_plans
from shared.runtime.process import Part
from shared.runtime.publishing import FAILURES, LAST_SECONDS, Publisher
from shared.runtime.settings import KafkaSettings
from shared.runtime.sql import load_queries
from shared.runtime.waiting import pause, unless

log = structlog.get_logger()
QUERIES = load_queries("shared.runtime")

ROWS_AT_ONCE, BYTES_AT_ONCE = 500, BROKER_MAX_BYTES
"""Of each slot; a row that begins within the bytes comes whole."""

ROWS_OF_AN_IMPORT = 125
"""Of each slot of the roster's lane: making a round takes a moment, and the other lanes wait for it in this process."""

BUSY_SECONDS = 0.005
"""The pause after rows that were fewer than could have been."""

ProducerFactory = Callable[[], AIOKafkaProducer]


class LaneRelay:
    """Relays one lane, with a connection and a producer of its own, so that no lane waits for another."""

    def __init__(self, lane: Lane, *, database_url: PostgresDsn | str, prefix: str, producer: ProducerFactory) -> None:
        self._lane = lane
        self._database_url = database_url
        self._prefix = prefix
        self._new_producer = producer
        self._worker = new_id()
        self._rows_at_once = ROWS_OF_AN_IMPORT if lane is Lane.ROSTER else ROWS_AT_ONCE

    async def run(self, stop: asyncio.Event) -> None:
        """Leads its share of the slots until `stop`; begins anew after a fault of PostgreSQL or Kafka."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except Exception as error:
                if not (transient(error) or isinstance(error, KafkaError | LeadershipLost)):
                    raise
                if not stop.is_set():  # else Kafka was slower than the stop, and the next leader sends it
                    FAILURES.labels(self._lane).inc()
                    log.warning("relay_interrupted", lane=self._lane, error=type(error).__name__)
                await pause(stop, 1.0)
            finally:
                SLOTS_HELD.labels(self._lane).set(0)

    async def _lead(self, stop: asyncio.Event) -> None:
        """Leads over one connection and one producer."""
        async with contextlib.AsyncExitStack() as stack:
            # Fresh plans: a long list of ids to leave out is looked up by its hashes only when it stands in the plan.
            connection = await connect(
                with_fresh_plans(self._database_url), application=f"relay-{self._lane}", settings=IN_ORDER
            )
            stack.push_async_callback(_close, connection)
            lead = Leadership(connection, self._lane, self._worker)
            producer = self._new_producer()
            stack.push_async_callback(_stop, producer)
            await unless(stop, producer.start(), grace=BEGIN_SECONDS)
            if stop.is_set():
                return
            beating = asyncio.ensure_future(lead.keep(stop))
            stack.push_async_callback(_cancel, beating)
            await self._drain_until(stop, lead, producer, beating)
            await _cancel(beating)
            await lead.resign()

    async def _drain_until(
        self, stop: asyncio.Event, lead: Leadership, producer: AIOKafkaProducer, beating: "asyncio.Future[None]"
    ) -> None:
        """Publishes the first rows of each slot held, round by round.

        What Kafka has acknowledged is archived while the next round is sent. No transaction is open while Kafka is
        waited for; what it has not acknowledged stays in the outbox and is sent again.
        """
        publisher = Publisher(self._lane, self._prefix, producer, lead.check)
        looks = Looks(self._lane)
        acknowledged: Rows = ()
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                if beating.done():
                    await beating
                if lead.has_surplus:
                    await self._archive(lead, acknowledged)
                    acknowledged = ()
                    await lead.release_surplus()
                rows = await self._next_rows(lead, acknowledged)
                archiving = asyncio.ensure_future(self._archive(lead, acknowledged))
                try:
                    acknowledged, failure = await publisher.publish(rows, (stopping, beating))
                finally:
                    await asyncio.wait({archiving})
                archiving.result()
                if failure is not None:
                    await self._archive(lead, acknowledged)
                    raise failure
                if acknowledged:
                    looks.found()
                    await asyncio.sleep(BUSY_SECONDS if len(rows) < self._rows_at_once else 0)
                else:
                    await pause(stop, looks.pause())
            await self._archive(lead, acknowledged)
        finally:
            stopping.cancel()

    async def _next_rows(self, lead: Leadership, acknowledged: Rows) -> Rows:
        """The first rows of each slot, but for those that are about to be archived."""
        if not lead.slots:
            return ()
        ids = [row["id"] for row in acknowledged]
        async with lead.turn:
            rows: Rows = await lead.connection.fetch(
                QUERIES["next_rows"], self._lane, lead.slots, self._rows_at_once, ids, BYTES_AT_ONCE
            )
            return rows

    async def _archive(self, lead: Leadership, rows: Rows) -> None:
        if rows:
            async with lead.turn:
                await lead.connection.execute(QUERIES["archive_rows"], [row["id"] for row in rows])


def relays(lanes: Iterable[Lane], *, database_url: PostgresDsn | str, kafka: KafkaSettings) -> dict[str, Part]:
    """The relays of a service's lanes, as parts of its worker, by name."""
    producer = partial(create_producer, kafka)
    return {
        f"relay {lane}": LaneRelay(lane, database_url=database_url, prefix=kafka.kafka_prefix, producer=producer).run
        for lane in lanes
    }


async def _close(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Closes politely, and if the server does not answer, at once: the locks go with it either way."""
    try:
        await connection.close(timeout=2)
    except Exception as error:  # noqa: BLE001 - whatever it was, the connection is not used again
        log.debug("relay_connection_cut", error=type(error).__name__)
        connection.terminate()


async def _stop(producer: AIOKafkaProducer) -> None:
    """Ends the producer. Without a broker its flush would never end; then its connections are cut."""
    try:
        await asyncio.wait_for(producer.stop(), LAST_SECONDS)
    except (TimeoutError, KafkaError):
        await producer._sender.close()  # noqa: SLF001 - aiokafka has no other way to give up
        await producer.client.close()


async def _cancel(task: "asyncio.Future[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
