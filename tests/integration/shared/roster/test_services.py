"""The services that know who is who: as processes, with the commands of those who run them."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from tests.commands import run_command
from tests.integration.shared.roster.states import (
    ACCOUNT,
    ADA,
    MUM,
    ROSTER,
    acting,
    guardianship,
    link,
    publish,
    signed_in,
)
from tests.waiting import until

from devstack.ports import free_port
from devstack.process import Process
from shared.runtime.postgres import Connection, connect
from shared.runtime.roster.asking import acting_of, place_of, rights_of
from shared.runtime.roster.rights import Acting
from shared.runtime.settings import KafkaSettings

TODAY = date(2026, 11, 27)
SECONDS = 60
"""What a process may take on a machine that is busy with other tests."""


@pytest.fixture(params=["grades", "messaging"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(kafka_bootstrap: str, kafka_prefix: str) -> Mapping[str, str]:
    return {"DZWONEK_KAFKA_BOOTSTRAP": kafka_bootstrap, "DZWONEK_KAFKA_PREFIX": kafka_prefix}


@pytest.fixture
async def url(service: str, database: Callable[..., Awaitable[str]]) -> str:
    """A database that the service's own command has migrated."""
    url = await database(service)
    code, printed = await run_command(url, service, "migrate")
    assert code == 0, printed
    return url


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    connection = await connect(url, application="tests")
    yield connection
    await connection.close()


async def test_the_worker_knows_who_may_see_whom_and_hears_when_that_ends(
    service: str,
    url: str,
    connection: Connection,
    settings: Mapping[str, str],
    kafka: KafkaSettings,
    producer: AIOKafkaProducer,
    tmp_path: Path,
) -> None:
    environment = {"DZWONEK_DATABASE_URL": url, "DZWONEK_PORT": str(free_port()), **settings}
    command = [sys.executable, "-m", service, "worker"]
    worker = Process("worker", command, log=tmp_path / "worker.log", env=environment)
    await publish(producer, kafka, ROSTER)
    await worker.start()

    async def the_account_is_mum() -> bool:
        return await acting_of(connection, signed_in(ACCOUNT)) == [Acting(MUM.person_id, "guardian", ADA.person_id)]

    async def the_account_is_nobody() -> bool:
        return await acting_of(connection, signed_in(ACCOUNT)) == []

    async def mum_sees_ada() -> bool:
        place = await place_of(connection, ADA.person_id, TODAY)
        return place is not None and (await rights_of(connection, acting(MUM), TODAY)).sees(place)

    async def mum_sees_nobody() -> bool:
        return not await mum_sees_ada()

    try:
        await until(mum_sees_ada, seconds=SECONDS)
        await publish(producer, kafka, [guardianship(ADA, MUM, version=2, see=False)])
        await until(mum_sees_nobody, seconds=SECONDS)
        await until(the_account_is_mum, seconds=SECONDS)
        await publish(producer, kafka, [link(MUM, None, version=2)])
        await until(the_account_is_nobody, seconds=SECONDS)
    finally:
        await worker.stop()


async def test_rebuild_tells_what_it_read_and_keeps(
    service: str,
    url: str,
    settings: Mapping[str, str],
    kafka: KafkaSettings,
    producer: AIOKafkaProducer,
) -> None:
    await publish(producer, kafka, ROSTER)
    code, printed = await run_command(url, service, "rebuild", settings=settings)
    assert code == 0, printed
    assert "roster.person.v1" in printed
    assert "Traceback" not in printed


async def test_rebuild_says_what_it_could_not_read(
    service: str, url: str, settings: Mapping[str, str], kafka: KafkaSettings, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(f"{kafka.kafka_prefix}roster.person.v1", b"{}", b"key")
    code, printed = await run_command(url, service, "rebuild", settings=settings)
    assert (code, len(printed.splitlines())) == (1, 1)
    assert "nobody can read 1 of the records" in printed


async def test_rebuild_without_kafka_or_a_database_is_one_line(service: str, url: str) -> None:
    nowhere = {"DZWONEK_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    code, printed = await run_command(url, service, "rebuild", settings=nowhere)
    assert (code, len(printed.splitlines())) == (3, 1)
    assert "DZWONEK_KAFKA_BOOTSTRAP" in printed
    code, printed = await run_command("postgresql://127.0.0.1:1/x", service, "rebuild", settings=nowhere)
    assert (code, len(printed.splitlines())) == (3, 1)
    assert "DZWONEK_DATABASE_URL" in printed
