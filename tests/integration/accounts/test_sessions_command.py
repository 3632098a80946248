"""`accounts sessions end`, as an operator types it after a backup was restored."""

import asyncio

import pytest
from tests.commands import run_command
from tests.integration.accounts.accounts_world import AccountsWorld
from tests.integration.accounts.browser import Browser

from accounts.handlers import revoking
from accounts.store import sessions
from shared.contracts.sessions import SessionRevoked
from shared.runtime.events import new_id


@pytest.fixture
async def browsers(world: AccountsWorld) -> list[Browser]:
    """Somebody is signed in with three."""
    await world.active_account()
    browsers = [Browser(world.client) for _ in range(3)]
    for browser in browsers:
        await browser.sign_in()
    return browsers


async def test_everybody_is_signed_out_and_every_service_told(
    world: AccountsWorld, browsers: list[Browser], url: str
) -> None:
    ended = await run_command(url, "accounts", "sessions", "end", "--yes")
    assert ended == (0, "Sessions ended: 3. Within a second every service knows.\n")
    for browser in browsers:
        renewed = await browser.get("/session/refresh?lang=en&next=/account")
        assert renewed.headers["location"] == "/sign-in?lang=en&next=/account"
    assert (await world.last(SessionRevoked)).reason == "operator"
    assert (await browsers[0].sign_in()).headers["location"] == "/"


async def test_it_asks_first(world: AccountsWorld, browsers: list[Browser], url: str) -> None:
    code, printed = await run_command(url, "accounts", "sessions", "end", stdin=asyncio.subprocess.DEVNULL)
    assert (code, printed.splitlines()[-1]) == (
        2,
        "there is no terminal to ask on; give --yes if that is what you want. Nothing was changed.",
    )
    assert len(await world.rows("sessions")) == 3


async def test_they_end_in_portions(
    world: AccountsWorld, browsers: list[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revoking, "AT_ONCE", 2)
    async with world.pool.acquire() as connection:
        assert await sessions.how_many(connection) == 3
        assert [more async for more in revoking.revoke_everybodys(connection, "operator", world.clock())] == [2, 1]


async def test_of_one_account_nobody_elses_session_ends(world: AccountsWorld, browsers: list[Browser]) -> None:
    session_id = await world.pool.fetchval("SELECT session_id FROM sessions LIMIT 1")
    async with world.pool.acquire() as connection:
        assert await revoking.revoke(connection, new_id(), [session_id], "signed_out", world.clock()) == 0
    assert len(await world.rows("sessions")) == 3
