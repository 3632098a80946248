"""Dead letters: records that a service cannot handle, kept with their reason in its dead-letter topic.

`redrive` puts them back for this service alone, through its retry topic. The inbox sees to it that what had its effect
already has none again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from shared.contracts.topics import dead_letter_topic, retry_topic
from shared.runtime.kafka import create_producer
from shared.runtime.postgres import Pool
from shared.runtime.settings import KafkaSettings
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")
PREFIX = "dl_"
"""The headers that dead-lettering adds begin with it; all others are the record's own."""


@dataclass(frozen=True)
class Origin:
    """Where a record stood when it could not be handled."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class DeadLetter:
    """A record with the reason why it could not be handled. `place` is where it stands in the dead-letter topic."""

    place: tuple[int, int]
    origin: Origin
    reason: str
    detail: str
    handler: str
    at: datetime
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]
    redriven_at: datetime | None


def dead_letter_headers(
    record: "ConsumerRecord[bytes, bytes]", *, reason: str, detail: str, handler: str
) -> list[tuple[str, bytes]]:
    """The record's own headers and those that say why and from where. A redriven record keeps its first origin."""
    own = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
    before = {name: value for name, value in record.headers if name in {"dl_topic", "dl_partition", "dl_offset"}}
    added = {
        "dl_reason": reason,
        "dl_detail": detail[:500],
        "dl_handler": handler,
        "dl_at": datetime.now(UTC).isoformat(),
        "dl_topic": record.topic,
        "dl_partition": str(record.partition),
        "dl_offset": str(record.offset),
    }
    return [*own, *((name, before.get(name) or text.encode()) for name, text in added.items())]


class DeadLetters:
    """Reads and redrives the dead letters of one service."""

    def __init__(self, settings: KafkaSettings, service: str, pool: Pool) -> None:
        self._settings = settings
        self._topic = settings.kafka_prefix + dead_letter_topic(service).name
        self._retry = settings.kafka_prefix + retry_topic(service).name
        self._pool = pool

    async def all(self) -> list[DeadLetter]:
        """Every dead letter kept (30 days), oldest first; of repeats of one record the first."""
        rows = await self._pool.fetch(QUERIES["redriven"])
        redriven = {(row["partition"], row["offset"]): row["redriven_at"] for row in rows}
        ours = [record for record in await self._records() if dict(record.headers).keys() >= _NEEDED]
        letters = [_letter(record, redriven) for record in ours]
        open_origins: set[Origin] = set()
        kept = []
        for letter in letters:
            if letter.redriven_at is None:
                if letter.origin in open_origins:
                    continue  # the same record, dead-lettered again when its batch was repeated
                open_origins.add(letter.origin)
            kept.append(letter)
        return kept

    async def redrive(self, letters: Iterable[DeadLetter]) -> int:
        """Puts the letters back to work, each marked as soon as Kafka has it. Returns how many."""
        producer: AIOKafkaProducer = create_producer(self._settings)
        count = 0
        try:
            await producer.start()
            for letter in letters:
                headers = [(name, value) for name, value in letter.headers.items() if name not in _ADDED_ANEW]
                await producer.send_and_wait(self._retry, value=letter.value, key=letter.key, headers=headers)
                await self._pool.execute(QUERIES["mark_redriven"], *letter.place)
                count += 1
        finally:
            await producer.stop()
        return count

    async def _records(self) -> "list[ConsumerRecord[bytes, bytes]]":
        consumer = AIOKafkaConsumer(
            self._topic, bootstrap_servers=self._settings.kafka_bootstrap, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()  # without a group it is assigned all partitions
            assigned = consumer.assignment()
            ends = await consumer.end_offsets(list(assigned))
            records: list[ConsumerRecord[bytes, bytes]] = []
            while any([await consumer.position(place) < ends[place] for place in assigned]):
                batches = await consumer.getmany(timeout_ms=500)
                records += [record for batch in batches.values() for record in batch]
            return records
        finally:
            await consumer.stop()


_ADDED_ANEW = {"dl_reason", "dl_detail", "dl_handler", "dl_at"}
_NEEDED = _ADDED_ANEW | {"dl_topic", "dl_partition", "dl_offset"}


def _letter(record: "ConsumerRecord[bytes, bytes]", redriven: Mapping[tuple[int, int], datetime]) -> DeadLetter:
    headers = {name: value or b"" for name, value in record.headers}
    redriven_at = redriven.get((record.partition, record.offset))
    text = {name: value.decode(errors="replace") for name, value in headers.items() if name.startswith(PREFIX)}
    at = datetime.fromisoformat(text["dl_at"])
    return DeadLetter(
        place=(record.partition, record.offset),
        origin=Origin(text["dl_topic"], int(text["dl_partition"]), int(text["dl_offset"])),
        reason=text["dl_reason"],
        detail=text["dl_detail"],
        handler=text["dl_handler"],
        at=at,
        key=record.key,
        value=record.value,
        headers=headers,
        # A mark from before the letter is that of another, which lay there until Kafka lost its disks.
        redriven_at=redriven_at if redriven_at and redriven_at >= at else None,
    )
