"""What the tests of accounts stand on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from tests.integration.accounts.accounts_world import AccountsWorld, MovedClock

from accounts.bootstrap.api import build_app
from accounts.domain.registration import QUIET
from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher
from shared.runtime.health import Health
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.sealing import Sealer, Unsealer, generate_keys

ORIGIN = "http://localhost:8000"


@pytest.fixture
async def pool(database: Callable[..., Awaitable[str]]) -> AsyncIterator[Pool]:
    """Connections to a migrated database of its own."""
    url = await database("accounts", packages=["accounts"])
    async with await create_pool(url, size=8) as pool:
        yield pool


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def unsealer(tmp_path: Path) -> Unsealer:
    """What notifications opens sealed values with; its public half lies beside."""
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    return Unsealer(tmp_path / "private.json")


@pytest.fixture
def parts(pool: Pool, clock: MovedClock, unsealer: Unsealer, tmp_path: Path) -> Iterator[Parts]:
    hasher = PasswordHasher(threads=2, queue_length=100)
    secret = b"known to the tests alone, 32 bytes"
    yield Parts(
        pool=pool,
        idempotency=Idempotency(pool, secret),
        hasher=hasher,
        sealer=Sealer(tmp_path / "public.json"),
        clock=clock,
        address_secret=secret,
        quiet=QUIET,
    )
    hasher.close()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    health = Health(waiting_for=None)
    app = build_app(health, origin=ORIGIN)
    app.state.parts = parts
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
def world(client: AsyncClient, pool: Pool, parts: Parts, clock: MovedClock, unsealer: Unsealer) -> AccountsWorld:
    return AccountsWorld(client, pool, parts, clock, unsealer)
