"""Events that nobody can handle."""

from collections.abc import Mapping

from aiokafka import AIOKafkaProducer

from bench.events import registrations
from bench.poison import SORTS
from shared.contracts.envelope import encode
from shared.runtime.sealing import Sealer


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
