"""One round of the relay: rows go to Kafka in their order, and each of them is known to be there or not."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from prometheus_client import Counter, Histogram

from shared.contracts.topics import Lane

SEND_SECONDS = 15.0
LAST_SECONDS = 1.0
"""How long Kafka may take to acknowledge a round, and how long after that, or after the stop, it is waited for."""

PUBLISHED = Counter("dzwonek_relay_published_total", "Events published to Kafka", ["lane"])
PUBLISH_SECONDS = Histogram("dzwonek_relay_seconds", "Seconds from the outbox row to Kafka's acknowledgement", ["lane"])
FAILURES = Counter("dzwonek_relay_failures_total", "Rounds that failed and are tried again", ["lane"])

Rows = Sequence[asyncpg.Record]


class Round(NamedTuple):
    """What became of some rows: those that Kafka has and that may leave the outbox, and what went wrong, if anything.

    A row that can never be sent is no failure of the round: it stays, and the age of the outbox's oldest row alarms.
    """

    done: Rows
    failure: BaseException | None


class Publisher:
    """Sends the rows of one lane over one producer, as long as `may_send` does not raise."""

    def __init__(self, lane: Lane, prefix: str, producer: AIOKafkaProducer, may_send: Callable[[], None]) -> None:
        self._lane = lane
        self._prefix = prefix
        self._producer = producer
        self._may_send = may_send

    async def publish(self, rows: Rows, ends: Sequence["asyncio.Future[Any]"]) -> Round:
        """Sends the rows and waits for what becomes of them.

        Waiting stops when one of `ends` is done, or after `SEND_SECONDS`: an idempotent producer would wait for ever.
        What Kafka has not acknowledged by then counts as failed.
        """
        if not rows:
            return Round((), None)
        futures: list[asyncio.Future[object]] = []
        sending = asyncio.ensure_future(self._send(rows, futures))
        waiting: set[asyncio.Future[Any]] = {sending, *ends}
        await asyncio.wait(waiting, timeout=SEND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            await asyncio.wait({sending}, timeout=LAST_SECONDS)
        results = [_result(future) for future in futures]
        results += [KafkaTimeoutError()] * (len(rows) - len(results))
        lost = await _end(sending)
        done = published(rows, results)
        self._measure(done)
        return Round(done, lost or self._failure(results))

    async def _send(self, rows: Rows, futures: list["asyncio.Future[object]"]) -> None:
        """Hands the rows to the producer in their order and waits for what becomes of them, in `futures`.

        After a failure that may pass, what follows is not even tried. A row that can never be sent holds up its own
        key alone.
        """
        stuck: set[str] = set()
        for row in rows:
            self._may_send()
            headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
            try:
                if row["key"] in stuck:
                    raise MessageSizeTooLargeError
                future = await self._producer.send(
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

    def _failure(self, results: Sequence[object]) -> BaseException | None:
        for result in results:
            if isinstance(result, MessageSizeTooLargeError):
                FAILURES.labels(self._lane).inc()
            elif isinstance(result, BaseException):
                return result
        return None

    def _measure(self, done: Rows) -> None:
        PUBLISHED.labels(self._lane).inc(len(done))
        now = time.time()
        seconds = PUBLISH_SECONDS.labels(self._lane)
        for row in done:
            seconds.observe(max(0.0, now - row["created_at"].timestamp()))


def published(rows: Rows, results: Sequence[object]) -> Rows:
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


async def _end(sending: "asyncio.Future[None]") -> BaseException | None:
    """Ends what has not ended by itself; why nothing more may be sent, if that is what has ended it."""
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await sending
    return None if sending.cancelled() else sending.exception()
