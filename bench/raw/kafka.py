"""Raw Kafka: aiokafka sends ready-made records with their keys, idempotently, and waits for all acknowledgements.

usage: python -m bench.raw.kafka SPOOL BOOTSTRAP PREFIX [batches]     (which are then filled here, by partition)
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from bench.effort import Effort, OwnWatch
from bench.raw import calm_garbage_collection
from bench.spool import read_records

Ready = tuple[str, bytes, bytes, list[tuple[str, bytes]]]
Acknowledged = asyncio.Future[object]


async def send(records: list[Ready], bootstrap: str, *, batches: bool) -> Effort:
    """Sends them in their order; the time begins when the producer is connected and knows the topics."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=128 * 1024,
    )
    async with producer:
        partitions = {topic: len(await producer.partitions_for(topic)) for topic in {topic for topic, *_ in records}}
        watch = OwnWatch()
        sending = in_batches(producer, records, partitions) if batches else one_by_one(producer, records)
        await asyncio.gather(*[acknowledged async for acknowledged in sending])
        return watch.stop(len(records))


async def one_by_one(producer: AIOKafkaProducer, records: list[Ready]) -> AsyncIterator[Acknowledged]:
    """The producer makes the batches."""
    for topic, key, value, headers in records:
        yield await producer.send(topic, value=value, key=key, headers=headers)


async def in_batches(
    producer: AIOKafkaProducer, records: list[Ready], partitions: Mapping[str, int]
) -> AsyncIterator[Acknowledged]:
    """The batches are made here, each as large as the producer takes."""
    filling: dict[tuple[str, int], BatchBuilder] = {}
    for topic, key, value, headers in records:
        place = topic, crc32(key) % partitions[topic]
        batch = filling.get(place)
        if batch is not None and batch.append(timestamp=None, key=key, value=value, headers=headers) is not None:
            continue
        if batch is not None:
            batch.close()  # else it waits for more
            yield await producer.send_batch(batch, topic, partition=place[1])
        filling[place] = batch = producer.create_batch()
        batch.append(timestamp=None, key=key, value=value, headers=headers)
    for (topic, partition), batch in filling.items():
        batch.close()
        yield await producer.send_batch(batch, topic, partition=partition)


def main(spool: str, bootstrap: str, prefix: str, batches: str = "") -> None:
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
    print(asyncio.run(send(records, bootstrap, batches=bool(batches))).line())


if __name__ == "__main__":
    main(*sys.argv[1:])
