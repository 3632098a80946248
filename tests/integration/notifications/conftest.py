"""What the tests of notifications stand on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.integration.notifications.worker_world import Clock, WorkerWorld
from tests.sealing_keys import generate_keys

from notifications.consumers import event_handlers
from notifications.handlers.consequences import Consequences
from shared.runtime.consumer import Handlers, Inbox
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.sealing import Sealer, Unsealer


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
def handlers(keys: tuple[Path, Path], clock: Clock) -> Handlers:
    """The handlers of the worker."""
    return event_handlers(Consequences(Unsealer(keys[0]), Sealer(keys[0]), clock))


@pytest.fixture
def world(pool: Pool, handlers: Handlers, keys: tuple[Path, Path], clock: Clock) -> WorkerWorld:
    """A worker that hears events without Kafka."""
    return WorkerWorld(pool, Inbox(pool, handlers), Sealer(keys[1]), Unsealer(keys[0]), clock)
