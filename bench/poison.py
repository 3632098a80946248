"""Events that nobody can handle, among others that everybody can."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from aiokafka import AIOKafkaConsumer

from bench.events import registrations
from devstack.keys import write_keys
from shared.contracts.accounts import AccountRegistered
from shared.contracts.topics import dead_letter_topic
from shared.runtime.outbox import OutboxColumns, outbox_columns
from shared.runtime.sealing import Sealer

EVERY = 1_000
"""One in so many."""

Row = tuple[str, int, str, str, str, bytes]

UNKNOWN = "pl.dzwonek.account.vanished.v1"
NEWER = AccountRegistered.TYPE.replace(".v1", ".v99")


@dataclass(frozen=True)
class Spoilt:
    """What is wrong with it: another value, or another type."""

    value: bytes | None = None
    type_name: str = AccountRegistered.TYPE


SORTS: Mapping[str, Spoilt] = {
    "not_json": Spoilt(value=b"{"),
    "unknown_type": Spoilt(type_name=UNKNOWN),
    "unknown_version": Spoilt(type_name=NEWER),
    "invalid_data": Spoilt(value=b'{"account_id": 7}'),
}
"""By the reason that a dead letter of it gives."""


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
    """A row of each sort, and one whose values are sealed to somebody else."""
    with TemporaryDirectory() as folder:
        stranger = Sealer(write_keys(Path(folder)).sealing_public)
    return [_row(stranger, spoilt) for spoilt in (*SORTS.values(), Spoilt())]


def _row(stranger: Sealer, spoilt: Spoilt) -> Row:
    [(lane, slot, topic, key, headers, own)] = zip(*outbox_columns(list(registrations(1, stranger))), strict=True)
    return lane, slot, topic, key, json.dumps({**json.loads(headers), "ce_type": spoilt.type_name}), spoilt.value or own
