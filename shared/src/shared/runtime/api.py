"""The API process of a service: HTTP on the service's own database, from the first moment on."""

import asyncio
from collections.abc import Callable, Mapping

from fastapi import FastAPI

from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.process import Part, calm_garbage_collection, run_parts, serve
from shared.runtime.settings import Settings

COMMAND_SECONDS = 5.0
"""How long a request waits for a statement; then the answer is 503."""


async def run_api(
    app: FastAPI,
    settings: Settings,
    service: str,
    *,
    health: Health,
    open_doors: Callable[[Pool], None],
    stop: asyncio.Event,
    parts: Mapping[str, Part] | None = None,
) -> None:
    """Serves `app` until `stop`, and runs `parts` beside it. `open_doors` is called once the database is there.

    Requests under way are answered before the database is closed.
    """
    http_ended = asyncio.Event()

    async def http(stop: asyncio.Event) -> None:
        try:
            await serve(app, host=settings.host, port=settings.port)(stop)
        finally:
            http_ended.set()

    async def database(stop: asyncio.Event) -> None:
        async with open_database(
            settings, service, health=health, stop=stop, process="api", command_seconds=COMMAND_SECONDS
        ) as pool:
            if pool:
                open_doors(pool)
                health.waiting_for = None
                calm_garbage_collection()
                await http_ended.wait()

    await run_parts({"http": http, "database": database, **(parts or {})}, stop)
