"""The rows of a round as Kafka's batches: one partition each, the rows in their order.

A batch is handed to the producer whole, which costs much less than handing over each row, and has one outcome for all
its rows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import asyncpg
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.contracts.topics import BROKER_MAX_BYTES
from shared.runtime.outbox import part_of

Rows = Sequence[asyncpg.Record]


@dataclass
class Batch:
    """Records for one partition, and the places in the round of the rows that they are made of.

    `ordinal` counts the partition's batches: the producer waits with the second until the first is on its way.
    """

    topic: str
    partition: int
    records: BatchBuilder
    ordinal: int
    places: list[int] = field(default_factory=list)

    def add(self, place: int, row: asyncpg.Record) -> bool:
        """Whether there was room for the row. A batch takes its first one whatever its size."""
        headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
        added = self.records.append(timestamp=None, key=row["key"].encode(), value=row["value"], headers=headers)
        if added is not None:
            self.places.append(place)
        return added is not None


class Batched(NamedTuple):
    """The batches of a round, to be sent in this order, and the places of the rows that can never be sent."""

    batches: Sequence[Batch]
    too_large: Sequence[int]


def batched(rows: Rows, *, prefix: str, partitions: Mapping[str, int], new: Callable[[], BatchBuilder]) -> Batched:
    """Puts the rows into batches; `partitions` has their number for each topic, whose names begin with `prefix`.

    A row of another topic is in none. Nor is one that is larger than what a topic takes, which the broker would refuse
    and the partition's sequence would not outlive, nor is what follows that with the same key.
    """
    filling: dict[tuple[str, int], Batch] = {}
    made: list[Batch] = []
    too_large: list[int] = []
    stuck: set[str] = set()
    for place, row in enumerate(rows):
        key, topic = row["key"], prefix + row["topic"]
        if topic not in partitions:
            continue
        if key in stuck:
            too_large.append(place)
            continue
        # As librdkafka's `consistent` has it: aiokafka's own murmur2, in Python, would be a fifth of the relay's work.
        where = topic, part_of(key, partitions[topic])
        full = filling.get(where)
        if full is not None and full.add(place, row):
            continue
        batch = Batch(*where, new(), full.ordinal + 1 if full is not None else 0)
        batch.add(place, row)
        if batch.records.size() > BROKER_MAX_BYTES:
            stuck.add(key)
            too_large.append(place)
        else:
            filling[where] = batch
            made.append(batch)
    made.sort(key=lambda batch: batch.ordinal)
    return Batched(made, too_large)
