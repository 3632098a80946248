"""The API process: the JSON API and the pages, on PostgreSQL alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from accounts import SERVICE
from accounts.clock import Clock, utc_now
from accounts.handlers.parts import Parts
from accounts.http import openapi, problems, routes
from accounts.pages import routes as pages
from accounts.pages.error_pages import ErrorPages
from accounts.pages.rendering import catalogues
from accounts.pages.static import PageFiles
from accounts.passwords import PasswordHasher
from accounts.settings import ApiSettings
from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import Pool
from shared.runtime.process import calm_garbage_collection, run_parts, serve
from shared.runtime.sealing import Sealer
from shared.runtime.web import create_app

API_VERSION = "1.0.0"

COMMAND_SECONDS = 5.0
"""How long a request waits for a statement; then the answer is 503."""


def build_app(health: Health, *, origin: str) -> FastAPI:
    """The API and the pages, which answer 503 until `app.state.parts` is set.

    `origin` is the pages' own, as browsers tell it.
    """
    app = create_app(
        title="Dzwonek accounts",
        version=API_VERSION,
        description="Portal accounts: register, ask for the activation link again, activate.",
        lifespan=_no_lifespan,
    )
    app.state.parts = None
    app.state.origin = origin
    app.add_middleware(ErrorPages)
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(pages.router)
    app.mount("/static", PageFiles(), name="static")
    app.router.routes.extend(health.routes())
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


def build_parts(settings: ApiSettings, pool: Pool, hasher: PasswordHasher, *, clock: Clock = utc_now) -> Parts:
    """What the use cases work with."""
    return Parts(
        pool=pool,
        idempotency=Idempotency(pool, settings.secret),
        hasher=hasher,
        sealer=Sealer(settings.sealing_public_key_file),
        clock=clock,
        address_secret=settings.secret,
        quiet=timedelta(seconds=settings.ask_again_seconds),
    )


async def run_api(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Runs the API and the pages until `stop`; requests under way are answered before the database is closed."""
    health = Health()
    app = build_app(health, origin=origin_of(settings))
    catalogues()
    hasher = PasswordHasher(threads=settings.argon_threads, queue_length=settings.argon_queue)
    http_ended = asyncio.Event()

    async def http(stop: asyncio.Event) -> None:
        try:
            await serve(app, host=settings.host, port=settings.port)(stop)
        finally:
            http_ended.set()

    async def database(stop: asyncio.Event) -> None:
        async with open_database(
            settings, SERVICE, health=health, stop=stop, process="api", command_seconds=COMMAND_SECONDS
        ) as pool:
            if pool:
                app.state.parts = build_parts(settings, pool, hasher)
                health.waiting_for = None
                calm_garbage_collection()
                await http_ended.wait()

    try:
        await run_parts({"http": http, "database": database}, stop)
    finally:
        hasher.close()


def origin_of(settings: ApiSettings) -> str:
    """The origin of the public address as browsers tell it: without the default port."""
    url = settings.public_url
    default = {"http": 80, "https": 443}[url.scheme]
    return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port != default else "")


@asynccontextmanager
async def _no_lifespan(_: FastAPI) -> AsyncIterator[None]:
    """The process opens and closes what the application works with, not the application itself."""
    yield
