"""What lies in Kafka."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord

Records = Sequence["ConsumerRecord[bytes, bytes]"]


async def records_of(bootstrap: str, *topics: str) -> Records:
    """Every record of these topics as they stand now, in order within each partition."""
    async with AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        places = consumer.assignment()
        ends = await consumer.end_offsets(places)
        records: list[ConsumerRecord[bytes, bytes]] = []
        while left := [place for place in places if await consumer.position(place) < ends[place]]:
            for batch in (await consumer.getmany(*left, timeout_ms=200)).values():
                records += batch
        return records


def header(record: "ConsumerRecord[bytes, bytes]", name: str) -> str:
    """A header of a record as text."""
    return str(next(value.decode() for key, value in record.headers if key == name and value is not None))
