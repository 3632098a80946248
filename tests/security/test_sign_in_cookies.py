"""Signing in by the pages: the cookies, sessions that were planted, and what another site cannot do."""

import pytest

from tests.integration.accounts.accounts_world import ADDRESS, PASSWORD, AccountsWorld
from tests.integration.accounts.browser import Browser, lifetimes, set_cookies

DAY = 24 * 60 * 60
ELSEWHERE = ["//evil.example", "https://evil.example/", "/\\evil.example"]


@pytest.fixture
async def browser(world: AccountsWorld) -> Browser:
    """Of somebody with an account who is not signed in."""
    await world.active_account()
    return Browser(world.client)


async def test_on_ones_own_device_the_cookies_last(browser: Browser) -> None:
    answer = await browser.sign_in()

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert lifetimes(set_cookies(answer)) == {
        "__Host-session": str(90 * DAY),
        "__Host-access": "600",
        "__Host-device": str(400 * DAY),
        "__Host-second-factor": "0",
        "__Host-first-password": "0",
    }


async def test_on_a_shared_computer_they_go_with_the_browser_and_it_is_not_known_again(browser: Browser) -> None:
    answer = await browser.sign_in(shared_computer="true")

    assert lifetimes(set_cookies(answer)) == {
        "__Host-session": None,
        "__Host-access": None,
        "__Host-second-factor": "0",
        "__Host-first-password": "0",
    }


async def test_a_session_that_was_planted_before_is_worth_nothing_afterwards(browser: Browser) -> None:
    planted = "q9Zb3m6mJvYV0hB2xkqk0m8sS5tq2mJr8b5D7cQnA1E"
    browser.cookies["__Host-session"] = planted
    await browser.sign_in()
    assert browser.cookies["__Host-session"] != planted

    stranger = Browser(browser.client, cookies={"__Host-session": planted})
    assert (await stranger.get("/session/refresh?next=/account")).headers["location"].startswith("/sign-in?")


async def test_signing_in_again_ends_the_session_that_the_browser_had(browser: Browser) -> None:
    await browser.sign_in()
    before = browser.cookies["__Host-session"]
    await browser.sign_in()

    old = Browser(browser.client, cookies={"__Host-session": before})
    assert (await old.get("/session/refresh?next=/account")).status_code == 303


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
async def test_nobody_is_led_to_another_site(browser: Browser, elsewhere: str) -> None:
    for _ in range(2):  # not signed in yet, and then
        answer = await browser.client.get("/sign-in", params={"lang": "en", "next": elsewhere})
        assert 'action="/sign-in?lang=en"' in answer.text
        path = str(answer.url.raw_path, "ascii")
        answer = await browser.post(path, {"email": ADDRESS, "password": PASSWORD})
        assert answer.headers["location"] == "/"
    assert (await browser.get(path)).headers["location"] == "/"
    refresh = path.replace("/sign-in", "/session/refresh")
    assert (await browser.get(refresh)).headers["location"] == "/"


async def test_nobody_is_signed_out_or_in_by_another_site(world: AccountsWorld, browser: Browser) -> None:
    await browser.sign_in()
    form_token = await browser.form_token()
    before = await world.rows("sessions")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-in", "/sign-in/code", "/sign-out", "/session/refresh?next=/"):
        answer = await browser.post(path, {"email": ADDRESS, "password": PASSWORD, "form_token": form_token}, **foreign)
        assert answer.status_code == 403, path
        assert set_cookies(answer) == {}
    for form in ({}, {"form_token": "wrong"}):
        assert (await browser.post("/sign-out", form)).status_code == 403
    await browser.get("/sign-out")
    assert await world.rows("sessions") == before
