"""Raw Kafka: aiokafka sends ready-made records with their keys, idempotently, and waits for all acknowledgements.

usage: python -m bench.raw.kafka SPOOL BOOTSTRAP PREFIX
"""

import asyncio
import sys
from pathlib import Path

from aiokafka import AIOKafkaProducer

from bench.effort import Effort, OwnWatch
from bench.raw import calm_garbage_collection
from bench.spool import read_records

Ready = tuple[str, bytes, bytes, list[tuple[str, bytes]]]


async def send(records: list[Ready], bootstrap: str) -> Effort:
    """Sends them in their order; the time begins when the producer is connected and knows the topics."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=128 * 1024,
    )
    async with producer:
        for topic in {topic for topic, *_ in records}:
            await producer.partitions_for(topic)
        watch = OwnWatch()
        pending = [
            await producer.send(topic, value=value, key=key, headers=headers) for topic, key, value, headers in records
        ]
        await asyncio.gather(*pending)
        return watch.stop(len(records))


def main(spool: str, bootstrap: str, prefix: str) -> None:
    """The command."""
    records = [
        (
            prefix + record.topic,
            record.key.encode(),
            record.value.encode(),
            [(name, value.encode()) for name, value in record.headers.items()],
        )
        for record in read_records(Path(spool))
    ]
    calm_garbage_collection()
    print(asyncio.run(send(records, bootstrap)).line())


if __name__ == "__main__":
    main(*sys.argv[1:])
