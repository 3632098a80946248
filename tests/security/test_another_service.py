"""How a service knows who is asking: the example service on a real database, with tokens signed as by accounts."""

import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response

from devstack.guest.app import build_app
from shared.contracts.sessions import SessionRevoked
from shared.runtime.auth import revocations
from shared.runtime.auth.access_tokens import LIFETIME, SignedIn, Verifier, issue
from shared.runtime.auth.requests import ACCESS_COOKIE, REFRESHED_COOKIE, Auth
from shared.runtime.auth.revocations import Revocations
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.consumer import Handlers, Inbox
from shared.runtime.events import new_event, new_id
from shared.runtime.health import Health
from shared.runtime.postgres import Pool, create_pool
from tests.integration.accounts.accounts_world import MovedClock
from tests.integration.notifications.worker_world import arrival_of

ORIGIN = "https://dzwonek.example.org"
API, PAGE = "/guest/api/v1/me", "/guest/"
OWN = {"Sec-Fetch-Site": "same-origin"}
FIRST_SECOND, LAST_SECOND = 0, LIFETIME.total_seconds() - 1
"""Of a token, by the clock of accounts."""


@dataclass
class World:
    """The service with its clock, and somebody who is signed in."""

    client: AsyncClient
    pool: Pool
    clock: MovedClock
    keys: SigningKeys
    who: SignedIn

    @property
    def token(self) -> str:
        return issue(self.keys.signing, self.who)

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{ACCESS_COOKIE}={self.token}"}

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def revoke(self) -> None:
        """SessionRevoked arrives, twice."""
        handlers = Handlers()
        revocations.listen(handlers)
        now = datetime.now(UTC)
        data = SessionRevoked(
            session_id=self.who.session_id,
            account_id=self.who.account_id,
            reason="a_reason_of_the_future",
            revoked_at=now,
            tokens_end_at=now + timedelta(minutes=10),
        )
        for _ in range(2):
            await Inbox(self.pool, handlers).apply([arrival_of(new_event("accounts", data, now=now))])

    async def send_form(self, form_token: str | None, **headers: str) -> Response:
        data = {} if form_token is None else {"form_token": form_token}
        return await self.client.post(PAGE, data=data, headers={**self.cookie, **OWN, **headers})


@pytest.fixture
async def world(database: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[World]:
    generate_signing_keys(tmp_path / "keys.json")
    keys = SigningKeys(tmp_path / "keys.json")
    clock = MovedClock()
    who = SignedIn(new_id(), new_id(), "the-form-token", clock.now, clock.now + LIFETIME)
    async with await create_pool(await database("guest", packages=["devstack.guest"]), size=3) as pool:
        app = build_app(Health(waiting_for=None), origin=ORIGIN)
        verifier = Verifier(lambda: keys.published, clock)
        app.state.pool = pool
        app.state.auth = Auth(verifier, revoked=Revocations(pool).revoked, unknown_key=lambda: None)
        async with AsyncClient(transport=ASGITransport(app), base_url=ORIGIN) as client:
            yield World(client, pool, clock, keys, who)


async def test_a_cookie_and_a_bearer_token_are_as_good(world: World) -> None:
    for headers in (world.cookie, world.bearer):
        answer = await world.client.get(API, headers=headers)
        assert answer.json() == {
            "account_id": str(world.who.account_id),
            "session_id": str(world.who.session_id),
            "greeted": 0,
        }


@pytest.mark.parametrize(
    ("age", "apart", "refused"),
    [
        (FIRST_SECOND, -60, None),
        (FIRST_SECOND, -61, "token_invalid"),
        (LAST_SECOND, 60, None),
        (LAST_SECOND, 61, "token_expired"),
    ],
)
async def test_the_clocks_of_two_services_may_be_a_minute_apart_and_no_more(
    world: World, age: float, apart: int, refused: str | None
) -> None:
    world.clock.forward(seconds=age + apart)
    answer = await world.client.get(API, headers=world.bearer)
    assert answer.json().get("code") == refused
    assert answer.status_code == (401 if refused else 200)


async def test_a_program_without_a_good_token_is_told_what_to_do(world: World) -> None:
    old = dataclasses.replace(world.who, expires_at=world.clock.now - timedelta(minutes=5))
    for headers, code in (
        ({}, "not_signed_in"),
        ({"Authorization": "Bearer nonsense"}, "token_invalid"),
        ({"Authorization": f"Bearer {issue(world.keys.signing, old)}"}, "token_expired"),
    ):
        answer = await world.client.get(API, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert "/api/v1/session/refresh" in answer.json()["detail"]


async def test_a_session_that_was_revoked_is_refused_at_once_and_again(world: World) -> None:
    await world.revoke()
    answer = await world.client.get(API, headers=world.bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    page = await world.client.get(PAGE, headers=world.cookie)
    assert page.headers["location"] == "/session/refresh?next=/guest/"


async def test_a_revocation_is_remembered_for_as_long_as_a_token_may_live(world: World) -> None:
    await world.revoke()
    job = revocations.forgetting()
    async with world.pool.acquire() as connection:
        await job.work(connection)
        assert await connection.fetchval("SELECT count(*) FROM revoked_sessions") == 1
        await connection.execute("UPDATE revoked_sessions SET remembered_until = now() - interval '1 second'")
        await job.work(connection)
        assert await connection.fetchval("SELECT count(*) FROM revoked_sessions") == 0


@pytest.mark.parametrize(("method", "path"), [("GET", "/guest/?week=3&x=a%26b"), ("POST", "/guest/")])
async def test_a_browser_without_a_token_is_sent_for_one_and_keeps_its_form(
    world: World, method: str, path: str
) -> None:
    answer = await world.client.request(method, path, headers=OWN)

    assert answer.status_code == 307
    wanted = {"GET": "/session/refresh?next=/guest/%3Fweek%3D3%26x%3Da%2526b", "POST": "/session/refresh?next=/guest/"}
    assert answer.headers["location"] == wanted[method]
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_browser_whose_new_token_is_refused_is_not_sent_round_for_ever(world: World) -> None:
    headers = {"Cookie": f"{ACCESS_COOKIE}=nonsense; {REFRESHED_COOKIE}=1"}
    answer = await world.client.get(PAGE, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable")
    signed_out = await world.client.get(PAGE, headers={"Cookie": f"{REFRESHED_COOKIE}=1"})
    assert signed_out.status_code == 307


async def test_a_form_of_the_own_page_is_taken(world: World) -> None:
    page = await world.client.get(PAGE, headers=world.cookie)
    assert 'name="form_token" value="the-form-token"' in page.text

    assert (await world.send_form("the-form-token")).status_code == 303
    assert '<p id="greeted">1</p>' in (await world.client.get(PAGE, headers=world.cookie)).text


@pytest.mark.parametrize("token", [None, "", "another", "the-form-token2", "ł"])
async def test_a_form_without_the_sessions_token_is_refused(world: World, token: str | None) -> None:
    answer = await world.send_form(token)
    assert (answer.status_code, answer.json()["code"]) == (403, "form_outdated")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN}]
)
async def test_a_form_from_another_site_is_refused_even_with_the_token(world: World, headers: dict[str, str]) -> None:
    answer = await world.send_form("the-form-token", **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": ORIGIN}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
    ids=json.dumps,
)
async def test_what_a_cookie_allows_has_to_come_from_an_own_page(
    world: World, headers: dict[str, str], status: int
) -> None:
    answer = await world.client.post("/guest/api/v1/greetings", headers={**world.cookie, **headers})
    assert answer.status_code == status


async def test_a_bearer_token_needs_no_page(world: World) -> None:
    answer = await world.client.post("/guest/api/v1/greetings", headers=world.bearer)
    assert answer.json()["greeted"] == 1


async def test_while_the_database_is_away_nobody_is_let_in(world: World) -> None:
    await world.pool.close()
    answer = await world.client.get(API, headers=world.bearer)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
