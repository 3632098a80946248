"""The relay: publishes the outbox to Kafka, in order per key, from one leader per lane and slot.

A take-over of a slot may repeat or reorder what was in flight; consumers are idempotent and aggregates carry versions.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from prometheus_client import Counter, Histogram
from pydantic import PostgresDsn

from shared.contracts.topics import Lane
from shared.runtime.events import new_id
from shared.runtime.kafka import BEGIN_SECONDS
from shared.runtime.leadership import SLOTS_HELD, Leadership, LeadershipLost
from shared.runtime.postgres import connect, transient
from shared.runtime.sql import load_queries
from shared.runtime.waiting import pause, unless

log = structlog.get_logger()
QUERIES = load_queries("shared.runtime")

ROWS_AT_ONCE = 500
SEND_SECONDS = 15.0
LAST_SECONDS = 1.0
"""How long Kafka may take to acknowledge a round, and how long after that, or after the stop, it is waited for."""

BUSY_SECONDS = 0.005
IDLE_SECONDS = (0.02, 0.2)
"""The pause between two looks at the outbox: short after work, growing while there is none."""

PUBLISHED = Counter("dzwonek_relay_published_total", "Events published to Kafka", ["lane"])
PUBLISH_SECONDS = Histogram("dzwonek_relay_seconds", "Seconds from the outbox row to Kafka's acknowledgement", ["lane"])
FAILURES = Counter("dzwonek_relay_failures_total", "Rounds that failed and are tried again", ["lane"])

ProducerFactory = Callable[[], AIOKafkaProducer]


class LaneRelay:
    """Relays one lane, with a connection and a producer of its own, so that no lane waits for another."""

    def __init__(self, lane: Lane, *, database_url: PostgresDsn | str, prefix: str, producer: ProducerFactory) -> None:
        self._lane = lane
        self._database_url = database_url
        self._prefix = prefix
        self._new_producer = producer
        self._worker = new_id()

    async def run(self, stop: asyncio.Event) -> None:
        """Leads its share of the slots until `stop`; begins anew after a fault of PostgreSQL or Kafka."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except Exception as error:
                if not (transient(error) or isinstance(error, KafkaError | LeadershipLost)):
                    raise
                FAILURES.labels(self._lane).inc()
                log.warning("relay_interrupted", lane=self._lane, error=type(error).__name__)
                await pause(stop, 1.0)
            finally:
                SLOTS_HELD.labels(self._lane).set(0)

    async def _lead(self, stop: asyncio.Event) -> None:
        """Leads over one connection and one producer."""
        async with contextlib.AsyncExitStack() as stack:
            connection = await connect(self._database_url, application=f"relay-{self._lane}")
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
        shortest, longest = IDLE_SECONDS
        idle = shortest
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                if beating.done():
                    await beating
                await lead.release_surplus()
                if await self._drain(lead, producer, (stopping, beating)):
                    idle = shortest
                    await asyncio.sleep(BUSY_SECONDS)
                else:
                    await pause(stop, idle)
                    idle = min(idle * 2, longest)
        finally:
            stopping.cancel()

    async def _drain(self, lead: Leadership, producer: AIOKafkaProducer, ends: Sequence["asyncio.Future[Any]"]) -> int:
        """Publishes the first rows of each slot held. No transaction is open while Kafka is waited for.

        Waiting stops when one of `ends` is done, or after `SEND_SECONDS`: an idempotent producer would wait for ever.
        What Kafka has not acknowledged by then stays in the outbox and is sent again.
        """
        if not lead.slots:
            return 0
        async with lead.turn:
            rows = await lead.connection.fetch(QUERIES["next_rows"], self._lane, lead.slots, ROWS_AT_ONCE)
        if not rows:
            return 0
        futures: list[asyncio.Future[object]] = []
        sending = asyncio.ensure_future(self._send(lead, producer, rows, futures))
        waiting: set[asyncio.Future[Any]] = {sending, *ends}
        await asyncio.wait(waiting, timeout=SEND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            await asyncio.wait({sending}, timeout=LAST_SECONDS)
        results = [_result(future) for future in futures]
        results += [KafkaTimeoutError()] * (len(rows) - len(results))
        await _cancel(sending)
        done = published(rows, results)
        async with lead.turn:
            await lead.connection.execute(QUERIES["archive_rows"], [row["id"] for row in done])
        self._measure(done)
        lead.check()
        for result in results:
            if isinstance(result, MessageSizeTooLargeError):
                FAILURES.labels(self._lane).inc()  # it stays; the age of the outbox's oldest row alarms
            elif isinstance(result, BaseException):
                raise result
        return len(done)

    async def _send(
        self,
        lead: Leadership,
        producer: AIOKafkaProducer,
        rows: Sequence[asyncpg.Record],
        futures: list["asyncio.Future[object]"],
    ) -> None:
        """Hands the rows to the producer in their order and waits for what becomes of them, in `futures`.

        After a failure that may pass, what follows is not even tried. A row that can never be sent holds up its own
        key alone.
        """
        stuck: set[str] = set()
        for row in rows:
            lead.check()
            headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
            try:
                if row["key"] in stuck:
                    raise MessageSizeTooLargeError
                future = await producer.send(
                    self._prefix + row["topic"], value=row["value"], key=row["key"].encode(), headers=headers
                )
            except KafkaError as error:
                futures.append(_failed(error))
                stuck.add(row["key"])
                if not isinstance(error, MessageSizeTooLargeError):
                    break
            else:
                futures.append(future)
        await asyncio.wait(futures)

    def _measure(self, done: Sequence[asyncpg.Record]) -> None:
        PUBLISHED.labels(self._lane).inc(len(done))
        now = time.time()
        seconds = PUBLISH_SECONDS.labels(self._lane)
        for row in done:
            seconds.observe(max(0.0, now - row["created_at"].timestamp()))


def published(rows: Sequence[asyncpg.Record], results: Sequence[object]) -> list[asyncpg.Record]:
    """The rows that Kafka has and that may leave the outbox.

    A row behind a failed one of the same key stays, and is sent again after it, so that the last state ends last.
    """
    failed: set[str] = set()
    done = []
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, BaseException):
            failed.add(row["key"])
        elif row["key"] not in failed:
            done.append(row)
    return done


def _result(future: "asyncio.Future[object]") -> object:
    """What became of a row; a failure as a value. What is not known by now has failed."""
    if not future.done():
        future.cancel()
        return KafkaTimeoutError()
    return KafkaTimeoutError() if future.cancelled() else future.exception() or future.result()


def _failed(error: KafkaError) -> "asyncio.Future[object]":
    future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


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
