"""Events that nobody can handle, among others that everybody can."""

import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from aiokafka import AIOKafkaConsumer

from bench.events import registrations
from devstack.keys import write_keys
from shared.contracts.topics import dead_letter_topic
from shared.runtime.outbox import OutboxColumns, outbox_columns
from shared.runtime.sealing import Sealer

EVERY = 1_000
"""One in so many."""

Row = tuple[str, int, str, str, str, bytes]


def poisoned(rows: OutboxColumns, *, every: int = EVERY) -> tuple[OutboxColumns, int]:
    """The rows with one poison in `every`, and how many these are: of each sort as many."""
    kinds, mixed, count = cycle(_sorts()), list[Row](), 0
    for number, row in enumerate(zip(*rows, strict=True)):
        if number % every == every // 2:
            mixed.append(next(kinds))
            count += 1
        mixed.append(row)
    return OutboxColumns(*(list(column) for column in zip(*mixed, strict=True))), count


async def dead_letters(service: str, bootstrap: str, prefix: str) -> int:
    """How many records are in the dead-letter topic of a service."""
    consumer = AIOKafkaConsumer(prefix + dead_letter_topic(service).name, bootstrap_servers=bootstrap)
    await consumer.start()  # without a group it is assigned all partitions
    try:
        return sum((await consumer.end_offsets(list(consumer.assignment()))).values())
    finally:
        await consumer.stop()


def _sorts() -> Sequence[Row]:
    """No JSON, a type and a version that nobody knows, data of another shape, a value sealed to somebody else."""
    with TemporaryDirectory() as folder:
        stranger = Sealer(write_keys(Path(folder)).sealing_public)
    return [
        _changed(stranger, value=b"{"),
        _changed(stranger, ce_type="pl.dzwonek.account.vanished.v1"),
        _changed(stranger, ce_type="pl.dzwonek.account.registered.v99"),
        _changed(stranger, value=b'{"account_id": 7}'),
        _changed(stranger),
    ]


def _changed(stranger: Sealer, *, value: bytes | None = None, **attributes: str) -> Row:
    lane, slot, topic, key, headers, own = next(_rows(stranger))
    return lane, slot, topic, key, json.dumps({**json.loads(headers), **attributes}), value or own


def _rows(sealer: Sealer) -> Iterator[Row]:
    return zip(*outbox_columns(list(registrations(1, sealer))), strict=True)
