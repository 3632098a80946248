"""Consuming from Kafka: FastStream batches, applied through the inbox; what cannot be handled is dead-lettered.

FastStream's acknowledgement is `NACK_ON_ERROR`: the offset is committed when the batch is done, and after an error the
batch comes again. So this module raises only what may pass, and only after a bounded backoff; anything permanent goes
to the dead-letter topic, awaited, and the next record goes on.
"""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRecord
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import LogicSubscriber
from faststream.message import StreamMessage
from faststream.middlewares import AckPolicy
from prometheus_client import Counter

from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import UndecodableRecord, decode, read_headers
from shared.contracts.topics import BROKER_MAX_BYTES, Topic, dead_letter_topic, retry_topic
from shared.runtime.consumer import Arrival, Inbox, PermanentError, Refused
from shared.runtime.dead_letters import dead_letter_headers
from shared.runtime.postgres import transient
from shared.runtime.settings import KafkaSettings
from shared.runtime.telemetry.batches import Batch, Read, traced_batch

log = structlog.get_logger()

BATCH, BATCH_OF_STATES = 500, 2_000
"""Records that are handled together: more of those that only have to be kept."""

FETCH_BYTES = 256 * 1024
"""What is fetched of a partition ahead of the handling: two of the relay's batches. A larger record comes all the same
(KIP-74); a megabyte of each, which is usual, would be 20 MB of a process whose backlog is long."""

MAX_BURIED_BYTES = BROKER_MAX_BYTES
"""What is kept of a dead letter's value."""

BACKOFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Waits between tries of a batch that met a transient error; then it goes back to Kafka and comes again."""

DEAD_LETTERS = Counter("dzwonek_dead_letters_total", "Records dead-lettered", ["reason"])
RETRIES = Counter("dzwonek_batch_retries_total", "Batches tried again after a transient error")

Records = tuple["ConsumerRecord[bytes, bytes]", ...]
Poison = tuple["ConsumerRecord[bytes, bytes]", Exception]


class BatchProcessor:
    """Handles the batches of one consumer group."""

    def __init__(self, inbox: Inbox, producer: AIOKafkaProducer, *, dead_letters: str, group: str) -> None:
        self._inbox = inbox
        self._producer = producer
        self._dead_letters = dead_letters
        self.group = group
        self.marked_at = time.monotonic()
        """When it last did anything: the watchdog compares it with the lag."""

    async def __call__(self, records: Records) -> None:
        """Handles a batch. Returns when all of it has had its effect or lies among the dead letters."""
        for wait in (*BACKOFF_SECONDS, None):
            self.marked_at = time.monotonic()
            try:
                await self._handle(records)
            except Exception as error:  # what is permanent was buried; what comes here may pass
                if wait is None:
                    log.warning("batch_given_back", group=self.group, error=type(error).__name__)
                    raise
                RETRIES.inc()
                log.warning("batch_retried", group=self.group, error=type(error).__name__)
                await asyncio.sleep(wait)
            else:
                self.marked_at = time.monotonic()
                return

    async def _handle(self, records: Records) -> None:
        read, poison = self._read(records)
        with traced_batch(self.group, read) as batch:
            await self._apply(batch, poison)

    async def _apply(self, batch: Batch, poison: list[Poison]) -> None:
        """Applies what was read and buries what is poison."""
        try:
            if batch.read:
                await self._inbox.apply([arrival for _, arrival in batch.read])
        except Exception as error:
            if transient(error):
                raise
            poison += await self._find_poison(batch.read, error)
        for record, fault in poison:
            batch.buried(record, await self._bury(record, fault))

    async def _find_poison(self, arrivals: Sequence[Read], error: Exception) -> list[Poison]:
        """After a batch failed: applies it without what its handler refused, or else in parts, so that what is bad
        fails alone."""
        faults = error.faults if isinstance(error, Refused) else {}
        poison: list[Poison] = [
            (record, faults[arrival.event.id]) for record, arrival in arrivals if arrival.event.id in faults
        ]
        if poison:
            parts = [[each for each in arrivals if each[1].event.id not in faults]]
        elif len(arrivals) > 1:
            middle = len(arrivals) // 2
            parts = [list(arrivals[:middle]), list(arrivals[middle:])]
        else:
            return [(arrivals[0][0], error)]
        for part in parts:
            self.marked_at = time.monotonic()
            try:
                await self._inbox.apply([arrival for _, arrival in part])
            except Exception as fault:
                if transient(fault):
                    raise
                poison += await self._find_poison(part, fault)
        return poison

    def _read(self, records: Records) -> tuple[list[Read], list[Poison]]:
        arrivals: list[Read] = []
        poison: list[Poison] = []
        for record in records:
            try:
                headers = read_headers(record.headers)
                if headers.get("ce_type") in CATALOGUE and not self._inbox.wants(headers["ce_type"]):
                    continue
                event = decode(CATALOGUE, headers, record.value)
            except UndecodableRecord as fault:
                poison.append((record, fault))
            else:
                arrivals.append((record, Arrival(event, record.topic, headers, record.value or b"")))
        return arrivals, poison

    async def _bury(self, record: "ConsumerRecord[bytes, bytes]", fault: Exception) -> str:
        """Puts a record among the dead letters, awaited: only then may its offset be committed. Returns the reason."""
        known = fault if isinstance(fault, UndecodableRecord | PermanentError) else None
        reason, detail = (known.reason, known.detail) if known else ("handler_failed", type(fault).__name__)
        headers = dead_letter_headers(record, reason=reason, detail=detail, handler=self.group)
        # Kafka takes no record without both key and value; more than it takes may come out of compressed records.
        value = (record.value or b"")[:MAX_BURIED_BYTES]
        await self._producer.send_and_wait(self._dead_letters, value=value, key=record.key, headers=headers)
        DEAD_LETTERS.labels(reason).inc()
        log.error(
            "dead_letter",
            reason=reason,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            exc_info=None if known else fault,
        )
        return reason


async def _raw_records(message: StreamMessage[Any]) -> Any:  # noqa: ANN401 - FastStream's decoder signature
    """FastStream's decoder, replaced: decoding is ours, so that what does not decode can be dead-lettered."""
    return message.raw_message


async def _headers_left_alone(
    records: Records, parse: Callable[[Records], Awaitable[StreamMessage[Any]]]
) -> StreamMessage[Any]:
    """FastStream's parser without the headers, whose decoding would raise on what is no UTF-8, again and for ever."""
    message = await parse(tuple(dataclasses.replace(record, headers=()) for record in records[:1]))
    message.raw_message = records
    return message


class Subscriptions:
    """The consumer groups of one service, one per lane, so that no lane's backlog delays another."""

    def __init__(self, settings: KafkaSettings, service: str, inbox: Inbox, producer: AIOKafkaProducer) -> None:
        self._settings = settings
        self._service = service
        self._inbox = inbox
        self._producer = producer
        self.broker = KafkaBroker(
            settings.kafka_bootstrap.split(","),  # unlike aiokafka, FastStream takes a text for one address
            # Not "faststream": that one has a handler and a level of its own, which write other than JSON.
            logger=logging.getLogger("broker"),
            request_timeout_ms=10_000,
            graceful_timeout=10,
            apply_types=False,
            client_id=service,
        )
        self.groups: dict[str, tuple[LogicSubscriber[Any], BatchProcessor]] = {}

    def add(self, name: str, topics: Sequence[Topic]) -> None:
        """A group that consumes `topics`; `name` is the lane, or `retry` for redriven dead letters."""
        keeps_states = all(topic.retention is None for topic in topics)
        prefix = self._settings.kafka_prefix
        group = f"{prefix}{self._service}.{name}"
        dead_letters = prefix + dead_letter_topic(self._service).name
        processor = BatchProcessor(self._inbox, self._producer, dead_letters=dead_letters, group=group)
        subscriber = self.broker.subscriber(
            *(prefix + topic.name for topic in topics),
            group_id=group,
            batch=True,
            max_records=BATCH_OF_STATES if keeps_states else BATCH,
            batch_timeout_ms=20,
            fetch_max_wait_ms=20,
            max_partition_fetch_bytes=FETCH_BYTES,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            parser=_headers_left_alone,
            decoder=_raw_records,
        )

        @subscriber
        async def handle(records: Any) -> None:  # noqa: ANN401 - FastStream passes what the decoder returned
            await processor(records)

        self.groups[name] = (subscriber, processor)

    def add_retries(self) -> None:
        """The group of this service's redriven dead letters."""
        self.add("retry", [retry_topic(self._service)])
