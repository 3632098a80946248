"""The HTTP side: one operation for programs and one page, each for who is signed in alone."""

from html import escape
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from devstack.guest import PREFIX
from shared.runtime.auth import requests as auth
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.auth.own_site import FORM_TOKEN, check_form, refuse_cross_site
from shared.runtime.auth.requests import signed_in, signed_in_page
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.sql import load_queries
from shared.runtime.web import create_app

SQL = load_queries("devstack.guest")
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
router = APIRouter(prefix=PREFIX)
Caller = Annotated[SignedIn, Depends(signed_in)]
Reader = Annotated[SignedIn, Depends(signed_in_page)]


class Guest(BaseModel):
    """Who is signed in."""

    account_id: UUID
    session_id: UUID
    greeted: int


def build_app(health: Health, *, origin: str) -> FastAPI:
    """The application, which answers 503 until `app.state.auth` and `app.state.pool` are set."""
    app = create_app(title="Dzwonek guest", version="1", description="Tells who is signed in.")
    app.state.auth = app.state.pool = None
    app.state.origin = origin
    auth.install(app)
    app.include_router(router)
    app.router.routes.extend(health.routes())
    return app


@router.get("/api/v1/me")
async def get_me(who: Caller, request: Request) -> Guest:
    """Who calls."""
    return Guest(account_id=who.account_id, session_id=who.session_id, greeted=await _greeted(request, who))


@router.post("/api/v1/greetings")
async def post_greeting(who: Caller, request: Request) -> Guest:
    """Greets who calls."""
    greeted = await _pool(request).fetchval(SQL["greet"], who.account_id)
    return Guest(account_id=who.account_id, session_id=who.session_id, greeted=greeted)


@router.get("/")
async def page(who: Reader, request: Request) -> HTMLResponse:
    """Who looks, and a form to be greeted."""
    greeted = await _greeted(request, who)
    return HTMLResponse(
        f'<!doctype html><html lang="en"><title>Guest</title><p id="who">{who.account_id}</p>'
        f'<p id="greeted">{greeted}</p><form method="post" action="{PREFIX}/">'
        f'<input type="hidden" name="{FORM_TOKEN}" value="{escape(who.form_token)}"><button>Greet</button></form>',
        headers=HEADERS,
    )


@router.post("/", dependencies=[Depends(refuse_cross_site)])
async def send_greeting(who: Reader, request: Request) -> RedirectResponse:
    """Greets who sent the form."""
    async with request.form(max_files=0, max_fields=5) as sent:
        check_form(who, sent.get(FORM_TOKEN))
    await _pool(request).fetchval(SQL["greet"], who.account_id)
    return RedirectResponse(f"{PREFIX}/", 303, headers=HEADERS)


async def _greeted(request: Request, who: SignedIn) -> int:
    return int(await _pool(request).fetchval(SQL["greetings"], who.account_id))


def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool
