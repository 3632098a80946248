"""Opening a service's database: waits, visibly on `/readyz`, until it is there and migrated."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from shared.runtime.health import Health
from shared.runtime.migrate import pending
from shared.runtime.postgres import COMMAND_SECONDS, FAULTS, Pool, create_pool
from shared.runtime.settings import Settings
from shared.runtime.waiting import unless

LOOK_SECONDS = 1.0
WATCH_SECONDS = 5.0
ANSWER_SECONDS = 3.0
CLOSE_SECONDS = 2.0


@contextlib.asynccontextmanager
async def open_database(
    settings: Settings,
    service: str,
    *,
    health: Health,
    stop: asyncio.Event,
    process: str,
    packages: Sequence[str] | None = None,
    command_seconds: float = COMMAND_SECONDS,
) -> AsyncIterator["Pool | None"]:
    """A pool on the service's migrated database; None when `stop` came first.

    `packages` have the migrations; the service itself, unless it is said.
    """
    health.waiting_for = "PostgreSQL"
    opening = create_pool(
        settings.database_url,
        size=settings.database_pool_size,
        application=f"{service}-{process}",
        command_seconds=command_seconds,
    )
    pool = await unless(stop, opening)
    if pool is None:
        yield None
        return
    watching = asyncio.ensure_future(_watch(pool, health))
    try:
        health.waiting_for = f"migrations (run `{service} migrate`)"
        yield pool if await unless(stop, _migrated(pool, packages or (service,))) else None
    finally:
        watching.cancel()
        await _close(pool)


async def _close(pool: Pool) -> None:
    """Closes the pool; one whose server does not answer is cut."""
    try:
        await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
    except TimeoutError:
        pool.terminate()


async def _migrated(pool: Pool, packages: Sequence[str]) -> bool:
    while True:
        async with pool.acquire() as connection:
            if not await pending(connection, packages):
                return True
        await asyncio.sleep(LOOK_SECONDS)


async def _watch(pool: Pool, health: Health) -> None:
    """Asks the database every few seconds, so that `/readyz` tells when it is away."""
    away: str | None = None
    health.ready["database"] = lambda: away
    while True:
        try:
            await pool.fetchval("SELECT 1", timeout=ANSWER_SECONDS)
        except FAULTS as error:
            away = f"PostgreSQL does not answer ({type(error).__name__})"
        else:
            away = None
        await asyncio.sleep(WATCH_SECONDS)
