"""What the tests of accounts stand on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from tests.integration.accounts.accounts_world import AccountsWorld, MovedClock, client_of
from tests.sealing_keys import generate_keys

from accounts.domain.registration import QUIET
from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.sealing import Sealer, Unsealer


@pytest.fixture
async def url(database: Callable[..., Awaitable[str]]) -> str:
    """A migrated database of its own."""
    return await database("accounts", packages=["accounts"])


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Pool]:
    """Connections to it."""
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
    generate_signing_keys(tmp_path / "access-keys.json")
    secret = b"known to the tests alone, 32 bytes"
    yield Parts(
        pool=pool,
        idempotency=Idempotency(pool, secret),
        hasher=hasher,
        sealer=Sealer(tmp_path / "public.json"),
        keys=SigningKeys(tmp_path / "access-keys.json"),
        clock=clock,
        secrets=[secret],
        quiet=QUIET,
        beat_seconds=0,  # most tests look at what is answered, not when
    )
    hasher.close()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    async with client_of(parts) as client:
        yield client


@pytest.fixture
def world(client: AsyncClient, pool: Pool, parts: Parts, clock: MovedClock, unsealer: Unsealer) -> AccountsWorld:
    return AccountsWorld(client, pool, parts, clock, unsealer)
