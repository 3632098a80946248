"""The API process: what a person may see of what is kept here."""

import asyncio
from functools import partial

from fastapi import FastAPI

from notifications import SERVICE
from notifications.http import openapi, routes
from notifications.settings.processes import ApiSettings
from shared.runtime.api import run_api
from shared.runtime.auth import requests as auth
from shared.runtime.auth.wiring import authentication, public_keys
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.web import create_app

API_VERSION = "1.0.0"


def build_app(health: Health, *, origin: str) -> FastAPI:
    """The API, which answers 503 until `app.state.pool` and `app.state.auth` are set."""
    app = create_app(
        title="Dzwonek notifications",
        version=API_VERSION,
        description="Mails: what is kept of them for whom they were sent to.",
    )
    app.state.pool = app.state.auth = None
    app.state.origin = origin
    auth.install(app)
    app.include_router(routes.router)
    app.router.routes.extend(health.routes())
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


async def run(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Runs the API until `stop`."""
    health = Health()
    app = build_app(health, origin=settings.origin)
    keys = public_keys(settings, health)

    def open_doors(pool: Pool) -> None:
        app.state.pool = pool
        app.state.auth = authentication(keys, pool)

    await run_api(app, settings, SERVICE, health=health, open_doors=open_doors, stop=stop, parts={"keys": keys.run})
