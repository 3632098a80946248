"""Events that nobody can handle."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from bench.events import registrations
from shared.contracts.accounts import AccountRegistered
from shared.contracts.envelope import encode
from shared.runtime.sealing import Sealer

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


async def pour(producer: AIOKafkaProducer, sealer: Sealer) -> Mapping[str, str]:
    """Puts one of each sort into the topic of accounts. Returns the reasons, by the events' ids."""
    reasons = {}
    for reason, spoilt in SORTS.items():
        (event,) = registrations(1, sealer)
        record = encode(event)
        headers = {**record.attributes, "ce_type": spoilt.type_name}
        await producer.send_and_wait(
            record.topic.name,
            value=spoilt.value or record.value,
            key=record.key.encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )
        reasons[str(event.id)] = reason
    return reasons
