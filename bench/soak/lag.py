"""What the consumers of a system have not read yet, as the brokers say."""

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient


async def lag(bootstrap: str) -> int:
    """How many records all groups together still have before them, where they have committed anything."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        groups = [name for name, _ in await admin.list_consumer_groups()]
        read = [await admin.list_consumer_group_offsets(group) for group in groups]
    finally:
        await admin.close()
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets({place for offsets in read for place in offsets})
    return sum(ends[place] - offset.offset for offsets in read for place, offset in offsets.items())
