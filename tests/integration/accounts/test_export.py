"""A person takes along all that is kept about them: whole, or not at all."""

import asyncio
import contextlib
import dataclasses
import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.integration.accounts.accounts_world import (
    ADDRESS,
    FIREFOX,
    OTHER_PASSWORD,
    PASSWORD,
    AccountsWorld,
    client_of,
    fields,
)

from devstack.ports import free_port
from shared.runtime.auth.access_tokens import SignedIn, Verifier
from shared.runtime.process import serve

MAILS = [{"mail_id": "1", "kind": "welcome", "created_at": "2026-09-01T08:00:00Z", "state": "accepted"}]


@dataclasses.dataclass
class Source:
    """What another service is for these tests: it tells what it keeps, and notes who asked."""

    verifier: Verifier
    port: int = dataclasses.field(default_factory=free_port)
    asked_by: list[SignedIn] = dataclasses.field(default_factory=list)
    status: int = 200

    async def answer(self, request: Request) -> Response:
        self.asked_by.append(self.verifier.check(request.headers["authorization"].removeprefix("Bearer ")))
        return JSONResponse({"mails": MAILS}, self.status)


@pytest.fixture
async def source(world: AccountsWorld) -> AsyncIterator[Source]:
    source = Source(Verifier(lambda: world.parts.keys.published, world.clock))
    stop = asyncio.Event()
    app = Starlette(routes=[Route("/kept", source.answer)])
    serving = asyncio.ensure_future(serve(app, host="127.0.0.1", port=source.port)(stop))
    yield source
    stop.set()
    await serving


@contextlib.asynccontextmanager
async def asking(world: AccountsWorld, source: Source) -> AsyncIterator[AccountsWorld]:
    """The service, which knows of the source."""
    sources = {"notifications": f"http://127.0.0.1:{source.port}/kept"}
    async with client_of(dataclasses.replace(world.parts, export_sources=sources)) as client:
        yield dataclasses.replace(world, client=client)


async def test_the_file_holds_what_every_service_keeps_and_a_page_to_read(world: AccountsWorld, source: Source) -> None:
    async with asking(world, source) as asked:
        await asked.active_account()
        person = await asked.signed_in(browser=FIREFOX)
        answer = await person.call("POST", "me/exports", {"password": PASSWORD})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert set(archive.namelist()) == {"read-me.html", "accounts.json", "notifications.json"}
    kept = json.loads(archive.read("accounts.json"))
    assert (kept["account"]["email"], kept["account"]["age_bracket"]) == (ADDRESS, "adult")
    assert kept["sign_ins"][0]["browser"] == "Firefox"
    assert kept["sign_ins"][0]["signed_in_at"].endswith("Z")
    assert [browser.keys() for browser in kept["known_browsers"]] == [{"last_used_at"}]
    assert json.loads(archive.read("notifications.json")) == {"mails": MAILS}
    page = archive.read("read-me.html").decode()
    assert '<html lang="pl">' in page
    for text in (ADDRESS, "Firefox, Android", "welcome", "wysłany"):
        assert text in page
    (who,) = source.asked_by
    assert who.session_id == person.session_id


async def test_nothing_that_protects_the_account_is_in_it(world: AccountsWorld) -> None:
    person = await world.somebody()
    await person.call("POST", "me/second-factor/setups", {"password": PASSWORD})
    answer = await person.call("POST", "me/exports", {"password": PASSWORD})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    content = "".join(archive.read(name).decode() for name in archive.namelist())
    for secret in ("argon2", PASSWORD, person.session_token, person.access_token, "form_token", "otpauth"):
        assert secret not in content


async def test_the_password_is_asked_for(world: AccountsWorld) -> None:
    person = await world.somebody()
    answer = await person.call("POST", "me/exports", {"password": OTHER_PASSWORD})
    assert fields(answer) == {"password": "wrong_password"}


async def test_a_service_that_is_away_makes_it_wait(world: AccountsWorld, source: Source) -> None:
    async with asking(world, source) as asked:
        person = await asked.somebody()
        source.status = 503
        answer = await person.call("POST", "me/exports", {"password": PASSWORD})
        source.port = free_port()
    async with asking(world, source) as asked:
        person = await asked.signed_in()
        gone = await person.call("POST", "me/exports", {"password": PASSWORD})

    for refused in (answer, gone):
        assert (refused.status_code, refused.json()["code"]) == (503, "export_unavailable")
        assert int(refused.headers["retry-after"]) >= 1
