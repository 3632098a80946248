"""One round of the relay: rows go to Kafka in their order, and each of them is known to be there or not."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError, UnknownTopicOrPartitionError
from prometheus_client import Counter, Histogram

from shared.contracts.topics import Lane
from shared.runtime.batching import Batch, Rows, batched

SEND_SECONDS = 15.0
LAST_SECONDS = 1.0
"""How long Kafka may take to acknowledge a round, and how long after that, or after the stop, it is waited for."""

TOPIC_SECONDS = 2.0
"""How long it may take to say how many partitions a topic has, which a producer asks once."""

PUBLISHED = Counter("dzwonek_relay_published_total", "Events published to Kafka", ["lane"])
PUBLISH_SECONDS = Histogram("dzwonek_relay_seconds", "Seconds from the outbox row to Kafka's acknowledgement", ["lane"])
FAILURES = Counter("dzwonek_relay_failures_total", "Rounds that failed and are tried again", ["lane"])


class Round(NamedTuple):
    """What became of some rows: those that Kafka has and that may leave the outbox, and what went wrong, if anything.

    A row that can never be sent is no failure of the round: it stays, and the age of the outbox's oldest row alarms.
    """

    done: Rows
    failure: BaseException | None


class Handed:
    """What of a round the producer has been given so far, and what can never be given to it."""

    def __init__(self) -> None:
        self.batches: list[tuple[Batch, asyncio.Future[object]]] = []
        self.too_large: Sequence[int] = ()

    def results(self, count: int) -> Sequence[object]:
        """What became of each of `count` rows; a failure as a value. What is not known by now has failed."""
        results: list[object] = [KafkaTimeoutError()] * count
        for place in self.too_large:
            results[place] = MessageSizeTooLargeError()
        for batch, future in self.batches:
            result = _result(future)
            for place in batch.places:
                results[place] = result
        return results


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
        handed = Handed()
        sending = asyncio.ensure_future(self._send(rows, handed))
        try:
            waiting: set[asyncio.Future[Any]] = {sending, *ends}
            await asyncio.wait(waiting, timeout=SEND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                await asyncio.wait({sending}, timeout=LAST_SECONDS)
            results = handed.results(len(rows))
        finally:
            lost = await _end(sending)
        done = published(rows, results)
        self._measure(done)
        return Round(done, lost or _failure(results))

    async def _send(self, rows: Rows, handed: Handed) -> None:
        """Hands the rows to the producer in their order and waits for what becomes of them.

        After a failure that may pass, what follows is not even tried. A row that can never be sent holds up its own
        key alone, and a topic that Kafka does not have holds up no other.
        """
        partitions, failure = await self._partitions({self._prefix + row["topic"]: None for row in rows})
        batches, handed.too_large = batched(
            rows, prefix=self._prefix, partitions=partitions, new=self._producer.create_batch
        )
        for batch in batches:
            self._may_send()
            batch.records.close()  # no more rows will come: it goes at once
            try:
                future = await self._producer.send_batch(batch.records, batch.topic, partition=batch.partition)
            except KafkaError as error:
                failure = error
                break
            handed.batches.append((batch, future))
        if handed.batches:
            await asyncio.wait({future for _, future in handed.batches})
        if failure is not None:
            raise failure

    async def _partitions(self, topics: Iterable[str]) -> tuple[Mapping[str, int], Exception | None]:
        """How many partitions each topic has, and what went wrong with those that are left out."""
        known: dict[str, int] = {}
        failure: Exception | None = None
        for topic in topics:
            try:
                async with asyncio.timeout(TOPIC_SECONDS):
                    known[topic] = len(await self._producer.partitions_for(topic))
            except (KafkaError, TimeoutError) as error:
                failure = error if isinstance(error, KafkaError) else UnknownTopicOrPartitionError(topic)
        return known, failure

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


def _failure(results: Sequence[object]) -> BaseException | None:
    """What went wrong and may pass."""
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, MessageSizeTooLargeError):
            return result
    return None


def _result(future: "asyncio.Future[object]") -> object:
    if not future.done():
        future.cancel()
        return KafkaTimeoutError()
    return KafkaTimeoutError() if future.cancelled() else future.exception() or future.result()


async def _end(sending: "asyncio.Future[None]") -> BaseException | None:
    """Ends what has not ended by itself; why nothing more may be sent, if that is what has ended it."""
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await sending
    return None if sending.cancelled() else sending.exception()
