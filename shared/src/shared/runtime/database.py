"""Opening a service's database: waits, visibly on `/readyz`, until it is there and migrated."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from shared.runtime.health import Health
from shared.runtime.migrate import pending
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.settings import Settings

LOOK_SECONDS = 1.0

T = TypeVar("T")


@contextlib.asynccontextmanager
async def open_database(
    settings: Settings, service: str, *, health: Health, stop: asyncio.Event, process: str
) -> AsyncIterator["Pool | None"]:
    """A pool on the service's migrated database; None when `stop` came first."""
    health.waiting_for = "PostgreSQL"
    opening = create_pool(settings.database_url, size=settings.database_pool_size, application=f"{service}-{process}")
    pool = await _unless(stop, opening)
    if pool is None:
        yield None
        return
    try:
        health.waiting_for = f"migrations (run `{service} migrate`)"
        yield pool if await _unless(stop, _migrated(pool, service)) else None
    finally:
        await pool.close()


async def _migrated(pool: Pool, service: str) -> bool:
    while True:
        async with pool.acquire() as connection:
            if not await pending(connection, (service,)):
                return True
        await asyncio.sleep(LOOK_SECONDS)


async def _unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What `work` returns, or None when `stop` is set before it ends."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.wait({working})
