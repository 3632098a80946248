"""`republish`, as an operator types it after Kafka has lost its disks."""

from collections.abc import Awaitable, Callable

import pytest
from tests.commands import run_command
from tests.integration.shared.events import activated, enqueue

from shared.runtime.postgres import Pool
from shared.runtime.sql import load_queries

ARCHIVED = "SELECT id, topic, key, headers, value FROM outbox_archive ORDER BY id"
WAITING = "SELECT id, topic, key, headers, value FROM outbox ORDER BY id"


@pytest.fixture(params=["accounts", "notifications"])
def service(request: pytest.FixtureRequest) -> str:
    """Whose command it is."""
    name: str = request.param
    return name


@pytest.fixture
async def url(service: str, database: Callable[..., Awaitable[str]]) -> str:
    """The service's database, migrated."""
    return await database(service, packages=[service])


@pytest.fixture
async def archived(pool: Pool) -> None:
    """Two events that Kafka had."""
    await enqueue(pool, [activated(), activated()])
    ids = [row["id"] for row in await pool.fetch(WAITING)]
    await pool.execute(load_queries("shared.runtime")["archive_rows"], ids)


async def test_what_kafka_had_waits_for_the_relay_again(service: str, archived: None, pool: Pool, url: str) -> None:
    had = await pool.fetch(ARCHIVED)
    done = await run_command(url, service, "republish", "--yes")
    assert done == (0, "2 events are published again by the worker.\n")
    assert await pool.fetch(WAITING) == had
    assert await pool.fetch(ARCHIVED) == []


async def test_it_asks_first(service: str, archived: None, pool: Pool, url: str) -> None:
    code, _ = await run_command(url, service, "republish")
    assert code == 2
    assert await pool.fetch(WAITING) == []
    assert len(await pool.fetch(ARCHIVED)) == 2
