"""Makes the archive of Kafka's classes (see kafka_archive.py): python -m devstack.kafka_archive_maker."""

import asyncio
import fcntl
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from devstack.cache import cache_folder, publish, workplace
from devstack.kafka import Kafka
from devstack.kafka_archive import archive_file, record
from devstack.kafka_jars import ensure_jars, jar_folder, kafka_jars, kafka_version
from devstack.kafka_java import find_java

TOPIC = "work"
RECORDS = 200
WRITING_SECONDS = 120.0
DELAY_SECONDS = 20.0
"""The start of the whole system has the machine for itself, and a short run is not worth the work."""


async def make() -> None:
    """Runs a broker through its start, a little work and its end, while it records; does nothing if another does so."""
    cache = cache_folder("kafka", kafka_version(), "classes")
    with (cache / ".making.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        java = find_java()
        archive = archive_file(java, ensure_jars(kafka_jars(), jar_folder()))
        if archive.is_file():
            return
        with workplace(cache) as place:
            made = place / archive.name
            kafka = Kafka(place / "kafka", java=java, class_archive=False, jvm_options=record(made, java))
            await kafka.start()
            await work(kafka.bootstrap)
            await kafka.process.stop(grace=WRITING_SECONDS)
            publish(made, archive)
        for outdated in cache.glob(f"{java.version}-*"):
            if outdated != archive:
                outdated.unlink()


async def work(bootstrap: str) -> None:
    """What a broker mostly does: a topic is made, records are written, a group reads them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=3, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer:
        sent = [await producer.send(TOPIC, b"value", key=str(number).encode()) for number in range(RECORDS)]
        await asyncio.gather(*sent)
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, group_id=TOPIC, auto_offset_reset="earliest")
    async with consumer:
        for _ in range(RECORDS):
            await consumer.getone()
        await consumer.commit()


if __name__ == "__main__":
    time.sleep(DELAY_SECONDS)
    asyncio.run(make())
