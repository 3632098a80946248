"""The frame of a service's worker: its health from the first moment on, its database, then what it does."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.process import Part, calm_garbage_collection, health_app, run_parts, serve
from shared.runtime.settings import Settings

Parts = Callable[[Pool, Health], Mapping[str, Part]]
"""What a worker does, by name: consumers, relay, jobs."""


async def run_worker(
    settings: Settings, service: str, parts: Parts, *, stop: asyncio.Event, packages: Sequence[str] | None = None
) -> None:
    """Runs the parts until `stop`, on the database that `packages` have migrated (the service itself, unless said)."""
    health = Health()

    async def working(stop: asyncio.Event) -> None:
        async with open_database(
            settings, service, packages=packages, health=health, stop=stop, process="worker"
        ) as pool:
            if pool:
                calm_garbage_collection()
                await run_parts(parts(pool, health), stop)

    await run_parts(
        {"health": serve(health_app(health), host=settings.host, port=settings.port), "work": working}, stop
    )
