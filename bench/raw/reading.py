"""Raw Kafka: aiokafka reads topics from their beginning to their end, and does nothing with the records.

usage: python -m bench.raw.reading BOOTSTRAP TOPIC...
"""

import asyncio
import sys
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.effort import Effort, OwnWatch
from bench.raw import calm_garbage_collection

AT_ONCE = 5_000


async def read(bootstrap: str, topics: Sequence[str]) -> Effort:
    """Reads what is there; the time begins when the consumer is connected. The items are the records."""
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places: list[TopicPartition] = list(consumer.assignment())
        total = sum((await consumer.end_offsets(places)).values())
        calm_garbage_collection()
        watch, count = OwnWatch(), 0
        while count < total:
            batches = await consumer.getmany(timeout_ms=500, max_records=AT_ONCE)
            count += sum(len(batch) for batch in batches.values())
        return watch.stop(count)
    finally:
        await consumer.stop()


if __name__ == "__main__":
    print(asyncio.run(read(sys.argv[1], sys.argv[2:])).line())
