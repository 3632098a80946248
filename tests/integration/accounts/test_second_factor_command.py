"""`accounts second-factor off`, as an operator types it: for somebody who has lost the phone and the codes."""

import asyncio
import os
import pty

import pytest
from tests.commands import run_command
from tests.integration.accounts.accounts_world import ADDRESS, AccountsWorld
from tests.integration.accounts.browser import Browser, with_second_factor

from shared.contracts.accounts import SecondFactorChanged
from shared.contracts.sessions import SessionRevoked


@pytest.fixture
async def browser(world: AccountsWorld) -> Browser:
    """Of somebody who is signed in and whose second factor is on."""
    await world.active_account()
    browser = Browser(world.client)
    await with_second_factor(world, browser)
    return browser


async def off(url: str, *arguments: str, stdin: int = asyncio.subprocess.DEVNULL) -> tuple[int, str]:
    """Runs it; its exit code and all that it printed."""
    return await run_command(url, "accounts", "second-factor", "off", *arguments, stdin=stdin)


async def test_whoever_lost_phone_and_codes_signs_in_with_the_password_and_is_told(
    world: AccountsWorld, browser: Browser, url: str
) -> None:
    code, printed = await off(url, "Anna.Nowak@example.org", "--yes")
    assert (code, printed) == (
        0,
        "The second factor of Anna.Nowak@example.org is off, sessions ended: 1. The owner is mailed.\n",
    )

    account = await world.account()
    assert account is not None
    event = await world.last(SecondFactorChanged)
    assert (event.enabled, event.by_operator, event.version) == (False, True, account["version"])
    assert (await world.last(SessionRevoked)).reason == "second_factor_off"
    renewed = await browser.get("/session/refresh?lang=en&next=/account")
    assert renewed.headers["location"] == "/sign-in?lang=en&next=/account"
    assert (await browser.sign_in()).headers["location"] == "/"
    assert await world.rows("recovery_codes") == []


async def test_it_asks_first(world: AccountsWorld, browser: Browser, url: str) -> None:
    without_terminal = await off(url, ADDRESS)
    assert without_terminal == (
        2,
        "there is no terminal to ask on; give --yes if that is what you want. Nothing was changed.\n",
    )
    ours, theirs = pty.openpty()
    os.write(ours, b"n\n")
    code, printed = await off(url, ADDRESS, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert code == 1
    assert f"Switch the second factor of {ADDRESS} off and end all its sessions?" in printed
    assert printed.endswith("Nothing was changed.\n")
    assert (await browser.get("/account?lang=en")).status_code == 200
    assert (await world.last(SecondFactorChanged)).enabled is True


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nobody@example.org", "no active account has the address nobody@example.org\n"),
        ("no address", "no active account has the address no address\n"),
        (ADDRESS, f"the account of {ADDRESS} asks for no code\n"),
    ],
)
async def test_where_nothing_is_on_one_line_says_so(world: AccountsWorld, url: str, address: str, said: str) -> None:
    await world.active_account()
    before = await world.happened()
    assert await off(url, address, "--yes") == (1, said)
    assert await world.happened() == before
