"""The outbox: events written with the rows they tell of, in one statement, and published afterwards by the relay."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from shared.contracts.envelope import Event, EventData, encode

SLOTS = 4
"""Relay slots per lane; a key always falls into the same one, so that its order is kept."""

IN_ORDER = {"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off"}
"""PostgreSQL's settings for whoever reads the first rows of an outbox: by the index that has their order.

It was empty a moment ago, so PostgreSQL believes that it has few rows, and would read them all to find the first.
"""


class OutboxColumns(NamedTuple):
    """Rows for the outbox as columns, to be unnested in the statement that writes what the events tell of."""

    lanes: list[str]
    slots: list[int]
    topics: list[str]
    keys: list[str]
    headers: list[str]
    values: list[bytes]


def outbox_columns(events: Sequence[Event[EventData]]) -> OutboxColumns:
    """The rows for `events`, in their order, for six array parameters.

    They are `text[], smallint[], text[], text[], jsonb[], bytea[]` for the columns
    `lane, slot, topic, key, headers, value`. Raises ValueError when an event is too large.
    """
    columns = OutboxColumns([], [], [], [], [], [])
    for event in events:
        record = encode(event)
        columns.lanes.append(record.topic.lane.value)
        columns.slots.append(part_of(record.key, SLOTS))
        columns.topics.append(record.topic.name)
        columns.keys.append(record.key)
        columns.headers.append(json.dumps(record.attributes))
        columns.values.append(record.value)
    return columns


def part_of(key: str, parts: int) -> int:
    """Which of so many parts, slots or partitions, a key falls into: its CRC-32 modulo their number."""
    return crc32(key.encode()) % parts
