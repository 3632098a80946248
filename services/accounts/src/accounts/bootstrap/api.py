"""The API process: the JSON API and the pages, on PostgreSQL alone."""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import UUID

from fastapi import FastAPI

from accounts import SERVICE
from accounts.clock import Clock, utc_now
from accounts.handlers.parts import Parts
from accounts.http import (
    exports,
    keys,
    linked_logins,
    me,
    office,
    openapi,
    passwords,
    problems,
    registrations,
    school_logins,
    sessions,
)
from accounts.pages import routes as pages
from accounts.pages.refusals import problem_of
from accounts.passwords import PasswordHasher
from accounts.settings import ApiSettings
from accounts.store.sessions import is_live
from shared.runtime.api import run_api
from shared.runtime.auth import requests as auth
from shared.runtime.auth.access_tokens import Verifier
from shared.runtime.auth.requests import Auth
from shared.runtime.auth.signing_keys import SigningKeys
from shared.runtime.health import Health
from shared.runtime.idempotency import Idempotency
from shared.runtime.pages.error_pages import ErrorPages
from shared.runtime.pages.rendering import Pages
from shared.runtime.pages.static import PageFiles
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer
from shared.runtime.web import create_app

API_VERSION = "1.0.0"


def build_app(health: Health, *, origin: str) -> FastAPI:
    """The API and the pages, which answer 503 until `app.state.parts` is set.

    `origin` is the pages' own, as browsers tell it.
    """
    app = create_app(
        title="Dzwonek accounts",
        version=API_VERSION,
        description="Portal accounts: register, activate, sign in, sessions, what an account is protected by.",
    )
    app.state.parts = app.state.auth = None
    app.state.origin = origin
    app.state.pages = Pages.load("accounts", problem_of)
    app.add_middleware(ErrorPages)
    problems.install(app)
    auth.install(app)
    for part in (registrations, sessions, school_logins, passwords, me, linked_logins, office, exports, keys, pages):
        app.include_router(part.router)
    app.mount("/static", PageFiles(), name="static")
    app.router.routes.extend(health.routes())
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


def build_parts(settings: ApiSettings, pool: Pool, hasher: PasswordHasher, *, clock: Clock = utc_now) -> Parts:
    """What the use cases work with."""
    return Parts(
        pool=pool,
        idempotency=Idempotency(pool, settings.secrets[0]),
        hasher=hasher,
        sealer=Sealer(settings.sealing_public_key_file),
        keys=SigningKeys(settings.access_keys_file),
        clock=clock,
        secrets=settings.secrets,
        network_limit=settings.network_failures,
        school_limit=settings.school_failures,
        network_requests=settings.network_requests,
        export_sources=settings.sources,
        quiet=timedelta(seconds=settings.ask_again_seconds),
    )


def open_doors(app: FastAPI, parts: Parts) -> None:
    """Lets the application work with its parts. It checks its own access tokens by the sessions themselves."""

    async def revoked(session_id: UUID) -> bool:
        return not await is_live(parts.pool, session_id, parts.clock())

    verifier = Verifier(lambda: parts.keys.published, parts.clock)
    app.state.parts = parts
    app.state.auth = Auth(verifier, revoked=revoked, unknown_key=lambda: None)


async def run(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Runs the API and the pages until `stop`."""
    health = Health()
    app = build_app(health, origin=settings.origin)
    hasher = PasswordHasher(threads=settings.argon_threads, queue_length=settings.argon_queue)
    try:
        await run_api(
            app,
            settings,
            SERVICE,
            health=health,
            open_doors=lambda pool: open_doors(app, build_parts(settings, pool, hasher)),
            stop=stop,
        )
    finally:
        hasher.close()
