"""Where something could stand that must not: everything that the system keeps, sends or says."""

from collections.abc import Mapping

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from devstack.system import System
from tests.security.spellings import forms


async def places(system: System) -> Mapping[str, bytes]:
    """Each topic, table, log and page of metrics by its name, with all that stands in it."""
    return {**await topics(system), **await tables(system), **await metrics(system), **logs(system)}


def where(secret: str, places: Mapping[str, bytes]) -> set[str]:
    """The places in which it stands, however it is written."""
    return {place for place, content in places.items() if any(form in content for form in forms(secret))}


async def topics(system: System) -> Mapping[str, bytes]:
    """Every record of every topic: key, headers and value."""
    admin = AIOKafkaAdminClient(bootstrap_servers=system.kafka.bootstrap)
    await admin.start()
    names = [name for name in await admin.list_topics() if not name.startswith("__")]
    await admin.close()
    return {f"topic {name}": await records(system, name) for name in names}


async def records(system: System, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=system.kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()  # without a group it is assigned all partitions
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        content = bytearray()
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    content += (record.key or b"") + b"\n" + (record.value or b"") + repr(record.headers).encode()
        return bytes(content)
    finally:
        await consumer.stop()


async def tables(system: System) -> Mapping[str, bytes]:
    """Every row of every table of every service, bytes as themselves."""
    content: dict[str, bytes] = {}
    for service, url in system.databases.items():
        connection = await asyncpg.connect(url)
        names = await connection.fetch("SELECT schemaname, relname FROM pg_stat_user_tables")
        for schema, name in names:
            rows = await connection.fetch(f'SELECT * FROM "{schema}"."{name}"')  # noqa: S608 - the database's own tables
            cells = [cell for row in rows for cell in row.values()]
            written = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
            parent = name.partition("_y2")[0]
            content[f"table {service}.{parent}"] = content.get(f"table {service}.{parent}", b"") + b"\n".join(written)
        await connection.close()
    return content


async def metrics(system: System) -> Mapping[str, bytes]:
    """What each process tells Prometheus."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return {
            f"metrics {name}": (await client.get(f"{running.url}/metrics")).content
            for name, running in system.processes.items()
        }


def logs(system: System) -> Mapping[str, bytes]:
    """What each process and the database have logged."""
    files = [*(system.folder / "logs").iterdir(), *(system.folder / "postgres").glob("*.log")]
    return {f"log {path.name}": path.read_bytes() for path in files}
