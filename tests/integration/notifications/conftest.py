"""What the tests of notifications stand on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.integration.notifications.worker_world import Clock, WorkerWorld

from notifications.consumers import event_handlers
from notifications.handlers import AccountHandlers
from shared.runtime.consumer import Inbox
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.sealing import Sealer, Unsealer, generate_keys


@pytest.fixture
async def url(database: Callable[..., Awaitable[str]]) -> str:
    """A migrated database of its own."""
    return await database("notifications", packages=["notifications"])


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    """Connections to it."""
    async with await create_pool(url, size=5) as pool:
        yield pool


@pytest.fixture
def clock() -> Clock:
    """The handlers' time."""
    return Clock()


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A fresh pair of keys for sealing: the private and the public file."""
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    return tmp_path / "private.json", tmp_path / "public.json"


@pytest.fixture
def accounts(keys: tuple[Path, Path], clock: Clock) -> AccountHandlers:
    """The handlers of the accounts' events."""
    return AccountHandlers(Unsealer(keys[0]), clock)


@pytest.fixture
def world(pool: Pool, accounts: AccountHandlers, keys: tuple[Path, Path], clock: Clock) -> WorkerWorld:
    """A worker that hears events without Kafka."""
    return WorkerWorld(pool, Inbox(pool, event_handlers(accounts)), Sealer(keys[1]), clock)
