"""Sessions after they began: how long they last, who sees them, and how they end everywhere."""

import asyncio
from datetime import timedelta

import pytest
from tests.integration.accounts.accounts_world import CHROME, FIREFOX, AccountsWorld, SignedIn

from accounts.domain.sessions import OWN_DEVICE_ACCESS, OWN_DEVICE_IDLE, SHARED_COMPUTER_ACCESS, SHARED_COMPUTER_IDLE
from accounts.scheduler import jobs
from shared.contracts.sessions import SessionRevoked
from shared.runtime.auth.access_tokens import LEEWAY, LIFETIME


async def test_an_access_token_runs_out_and_is_renewed(world: AccountsWorld) -> None:
    person = await world.somebody()
    world.clock.forward(seconds=(OWN_DEVICE_ACCESS + LEEWAY).total_seconds() + 1)
    answer = await person.call("GET", "me")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert "POST /api/v1/session/refresh" in answer.json()["detail"]
    renewed = (await person.refresh()).json()
    assert renewed["session_id"] == str(person.session_id)
    person.access_token = renewed["access_token"]
    assert await person.knows_me()


@pytest.mark.parametrize(
    ("shared", "access", "idle"),
    [(False, OWN_DEVICE_ACCESS, OWN_DEVICE_IDLE), (True, SHARED_COMPUTER_ACCESS, SHARED_COMPUTER_IDLE)],
)
async def test_a_session_lasts_as_long_as_it_is_used(
    world: AccountsWorld, shared: bool, access: timedelta, idle: timedelta
) -> None:
    await world.active_account()
    answer = await world.sign_in(shared_computer=shared)
    assert answer.json()["expires_at"] == (world.clock.now + access).isoformat().replace("+00:00", "Z")
    person = await world.signed_in(shared_computer=shared)
    for _ in range(3):
        world.clock.forward(seconds=idle.total_seconds() - 1)
        assert (await person.refresh()).status_code == 200
    world.clock.forward(seconds=idle.total_seconds())
    assert (await person.refresh()).json()["code"] == "session_ended"


async def test_a_person_sees_where_the_account_is_signed_in(world: AccountsWorld) -> None:
    await world.active_account()
    await world.signed_in(browser=CHROME, shared_computer=True)
    world.clock.forward(minutes=1)
    person = await world.signed_in(browser=FIREFOX)

    here, there = (await person.call("GET", "sessions")).json()["sessions"]
    assert (here["session_id"], here["current"], here["browser"]) == (str(person.session_id), True, "Firefox")
    assert (there["current"], there["browser"], there["system"]) == (False, "Chrome", "Windows")
    assert there["shared_computer"] is True


async def test_one_session_is_ended_and_every_service_is_told(world: AccountsWorld) -> None:
    lost = await world.somebody()
    person = await world.signed_in()
    answer = await person.call("DELETE", f"sessions/{lost.session_id}")

    assert answer.status_code == 204
    assert not await lost.knows_me()
    assert (await lost.refresh()).status_code == 401
    assert await person.knows_me()
    event = await world.last(SessionRevoked)
    assert (event.session_id, event.reason) == (lost.session_id, "signed_out")
    assert event.tokens_end_at == world.clock.now + LIFETIME
    again = await person.call("DELETE", f"sessions/{lost.session_id}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_nobody_ends_somebody_elses_session(world: AccountsWorld) -> None:
    await world.active_account("jan@example.org")
    anna = await world.somebody()
    jan = await world.signed_in("jan@example.org")

    assert (await jan.call("DELETE", f"sessions/{anna.session_id}")).status_code == 404
    assert await anna.knows_me()


async def test_signing_out_everywhere_ends_all_sessions_of_the_account_alone(world: AccountsWorld) -> None:
    await world.active_account("jan@example.org")
    anna = [await world.somebody(), *[await world.signed_in() for _ in range(3)]]
    jan = await world.signed_in("jan@example.org")
    answer = await anna[0].call("DELETE", "sessions")

    assert answer.status_code == 204
    assert [await person.knows_me() for person in anna] == [False] * 4
    assert await jan.knows_me()
    told = [event.data.session_id for event in await world.events() if isinstance(event.data, SessionRevoked)]
    assert sorted(told) == sorted(person.session_id for person in anna)


async def test_signing_out_twice_is_fine(world: AccountsWorld) -> None:
    person = await world.somebody()
    headers = {"Authorization": f"Bearer {person.session_token}"}
    for _ in range(2):
        assert (await world.client.request("DELETE", "/api/v1/session", headers=headers)).status_code == 204
    assert not await person.knows_me()
    assert (await world.happened()).count("SessionRevoked") == 1


async def test_a_session_ended_twenty_times_at_once_is_told_of_once(world: AccountsWorld) -> None:
    lost = await world.somebody()
    people = [await world.signed_in() for _ in range(4)]

    await asyncio.gather(*(person.call("DELETE", f"sessions/{lost.session_id}") for person in people * 5))

    told = [event.data for event in await world.events() if isinstance(event.data, SessionRevoked)]
    assert [event.session_id for event in told] == [lost.session_id]


@pytest.mark.parametrize("token", ["", "nothing", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u0142"])
async def test_what_is_no_access_token_is_refused(world: AccountsWorld, token: str) -> None:
    headers = [(b"Authorization", f"Bearer {token}".encode())]
    answer = await world.client.get("/api/v1/me", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["code"] in {"not_signed_in", "token_invalid"}
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_session_token_is_no_access_token_and_the_other_way_round(world: AccountsWorld) -> None:
    person = await world.somebody()
    swapped = SignedIn(world.client, person.session_token, person.access_token, person.session_id)

    assert not await swapped.knows_me()
    assert (await swapped.refresh()).status_code == 401


async def test_sessions_that_ran_out_are_forgotten(world: AccountsWorld) -> None:
    await world.active_account()
    await world.sign_in(shared_computer=True)
    await world.sign_in()
    world.clock.forward(minutes=16)
    (forgetting,) = [job for job in jobs(world.clock, expiry_seconds=60) if job.name == "session_age"]
    async with world.pool.acquire() as connection:
        await forgetting.work(connection)
        assert len(await world.rows("sessions")) == 1
        assert len(await world.rows("sign_ins")) == 2
        world.clock.forward(days=366)
        await forgetting.work(connection)
    for table in ("sessions", "sign_ins", "devices"):
        assert await world.rows(table) == []


async def test_the_keys_of_access_tokens_are_published_without_their_private_half(world: AccountsWorld) -> None:
    answer = await world.client.get("/.well-known/jwks.json")

    (key,) = answer.json()["keys"]
    assert {key["kty"], key["crv"], key["use"]} == {"OKP", "Ed25519", "sig"}
    assert "d" not in key
