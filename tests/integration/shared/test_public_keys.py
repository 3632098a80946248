"""The keys of access tokens: fetched over HTTP, kept on disk, fetched anew when a token names a new one."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.waiting import until

from devstack.ports import free_port
from shared.runtime.auth import public_keys
from shared.runtime.auth.public_keys import PublicKeys
from shared.runtime.process import serve


def jwks(*names: str) -> bytes:
    keys = [OKPKey.generate_key("Ed25519", {"kid": name}, private=True).as_dict(private=False) for name in names]
    return json.dumps({"keys": keys}).encode()


@dataclass
class Publisher:
    """What accounts is for these tests: it publishes what it is told to."""

    content: bytes = field(default_factory=lambda: jwks("first"))
    status: int = 200
    port: int = field(default_factory=free_port)
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/.well-known/jwks.json"

    async def answer(self, _: Request) -> Response:
        self.asked += 1
        return Response(self.content, self.status)

    @contextlib.asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        app = Starlette(routes=[Route("/.well-known/jwks.json", self.answer)])
        serving = asyncio.ensure_future(serve(app, host="127.0.0.1", port=self.port)(stop))
        try:
            yield
        finally:
            stop.set()
            await serving


@contextlib.asynccontextmanager
async def kept(keys: PublicKeys) -> AsyncIterator[PublicKeys]:
    stop = asyncio.Event()
    running = asyncio.ensure_future(keys.run(stop))
    try:
        yield keys
    finally:
        stop.set()
        await running


def known(keys: PublicKeys) -> set[str | None]:
    return {key.kid for key in keys().keys}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_keys, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(public_keys, "SOONEST_SECONDS", 0.2)


async def test_keys_are_fetched_and_kept_for_a_start_without_accounts(tmp_path: Path) -> None:
    publisher, cache = Publisher(), tmp_path / "cache" / "keys.json"
    keys = PublicKeys(publisher.url, cache)
    assert keys.missing()
    async with publisher.publishing(), kept(keys):
        await until(lambda: _is(known(keys), {"first"}))
    assert keys.missing() is None

    again = PublicKeys(publisher.url, cache)
    assert known(again) == {"first"}
    assert again.missing() is None
    async with kept(again):
        assert known(again) == {"first"}


async def test_accounts_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    publisher = Publisher()
    async with kept(PublicKeys(publisher.url, tmp_path / "keys.json")) as keys, publisher.publishing():
        await until(lambda: _is(known(keys), {"first"}))


async def test_a_token_with_a_new_key_lets_them_be_fetched_soon_and_not_too_often(tmp_path: Path) -> None:
    publisher = Publisher()
    keys = PublicKeys(publisher.url, tmp_path / "keys.json")
    async with publisher.publishing(), kept(keys):
        await until(lambda: _is(known(keys), {"first"}))
        publisher.content = jwks("first", "second")
        for _ in range(1000):
            keys.ask_soon()
            await asyncio.sleep(0)
        await until(lambda: _is(known(keys), {"first", "second"}))
        assert publisher.asked <= 4
    assert {key["kid"] for key in json.loads((tmp_path / "keys.json").read_text())["keys"]} == {"first", "second"}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"keys": []}', b"x" * 100_000, b'{"keys": [{"kty": "oct", "k": "eA"}]}']
)
async def test_an_answer_that_is_no_set_of_keys_changes_nothing(tmp_path: Path, content: bytes) -> None:
    publisher = Publisher()
    keys = PublicKeys(publisher.url, tmp_path / "keys.json")
    async with publisher.publishing(), kept(keys):
        await until(lambda: _is(known(keys), {"first"}))
        publisher.content = content
        asked = publisher.asked
        keys.ask_soon()
        await until(lambda: _is(publisher.asked > asked + 1, True))
        assert known(keys) == {"first"}


async def test_a_cache_that_is_broken_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("not json")
    assert known(PublicKeys("http://127.0.0.1:1/", tmp_path / "keys.json")) == set()


async def _is(value: object, wanted: object) -> bool:
    return value == wanted
