"""Signing in and out by the pages: where it leads and who is let in."""

import asyncio
import dataclasses

import pytest
from tests.integration.accounts.accounts_world import ADDRESS, PASSWORD, AccountsWorld, client_of
from tests.integration.accounts.browser import Browser, lifetimes, next_code, set_cookies, with_second_factor

from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher

DAY = 24 * 60 * 60


@pytest.fixture
async def browser(world: AccountsWorld) -> Browser:
    """Of somebody with an account who is not signed in."""
    await world.active_account()
    return Browser(world.client)


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(browser: Browser) -> None:
    wrong = await browser.sign_in(password="not the password")
    unknown = await browser.sign_in("nobody@example.org")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace(ADDRESS, "nobody@example.org") == unknown.text
    assert "the login or the password is wrong" in wrong.text
    assert PASSWORD not in unknown.text
    assert browser.cookies == {}


async def test_after_too_many_attempts_a_page_says_how_long_to_wait_and_what_else_to_do(browser: Browser) -> None:
    for _ in range(5):
        await browser.sign_in(password="not the password")
    answer = await browser.sign_in()

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "the next attempt has to wait 15 minutes" in answer.text
    assert 'href="/password/forgotten?lang=en"' in answer.text
    assert browser.cookies == {}


async def test_when_too_many_sign_in_at_once_some_are_told_to_come_back(world: AccountsWorld, parts: Parts) -> None:
    await world.active_account()
    hasher = PasswordHasher(threads=1, queue_length=0)
    async with client_of(dataclasses.replace(parts, hasher=hasher)) as client:
        answers = await asyncio.gather(*(Browser(client).sign_in() for _ in range(5)))
    hasher.close()

    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    for answer in refused:
        assert int(answer.headers["retry-after"]) > 0
        assert "Many people are here right now" in answer.text


async def test_signing_in_leads_to_where_the_person_was_going(browser: Browser) -> None:
    form = {"email": ADDRESS, "password": PASSWORD}
    answer = await browser.post("/sign-in?lang=en&next=/account/email%3Flang%3Duk", form)
    assert answer.headers["location"] == "/account/email?lang=uk"

    there_already = await browser.get("/sign-in?next=/sessions")
    assert (there_already.status_code, there_already.headers["location"]) == (303, "/sessions")


async def test_the_code_follows_in_a_second_step(world: AccountsWorld, browser: Browser) -> None:
    secret = await with_second_factor(world, browser)
    browser.cookies.clear()
    answer = await browser.post("/sign-in?lang=en&next=/sessions", {"email": ADDRESS, "password": PASSWORD})

    assert answer.headers["location"] == "/sign-in/code?lang=en&next=/sessions"
    assert lifetimes(set_cookies(answer)) == {"__Host-second-factor": "600"}
    page = await browser.get(answer.headers["location"])
    assert 'autocomplete="one-time-code"' in page.text
    assert 'href="/sign-in/code?lang=uk&amp;next=/sessions"' in page.text
    assert "Tell your school" in page.text
    wrong = await browser.post(answer.headers["location"], {"code": "000000"})
    assert (wrong.status_code, "This code does not work" in wrong.text) == (422, True)
    assert (await browser.post(answer.headers["location"])).status_code == 422
    right = await browser.post(answer.headers["location"], {"code": next_code(world, secret)})
    assert (right.status_code, right.headers["location"]) == (303, "/sessions")
    assert "__Host-second-factor" not in browser.cookies


async def test_a_shared_computer_stays_one_over_the_second_step(world: AccountsWorld, browser: Browser) -> None:
    secret = await with_second_factor(world, browser)
    browser.cookies.clear()
    answer = await browser.sign_in(shared_computer="true")
    signed_in = await browser.post(answer.headers["location"], {"code": next_code(world, secret)})

    assert lifetimes(set_cookies(signed_in))["__Host-session"] is None
    assert "__Host-device" not in browser.cookies


async def test_a_code_that_comes_too_late_asks_for_the_password_again(world: AccountsWorld, browser: Browser) -> None:
    secret = await with_second_factor(world, browser)
    browser.cookies.clear()
    answer = await browser.sign_in()
    world.clock.forward(minutes=11)
    late = await browser.post(answer.headers["location"], {"code": next_code(world, secret)})

    assert (late.status_code, late.headers["location"]) == (303, "/sign-in?lang=en&done=late")
    assert "Please enter your password again" in (await browser.get(late.headers["location"])).text
    nobody = Browser(world.client)
    assert (await nobody.get("/sign-in/code?lang=en")).headers["location"] == "/sign-in?lang=en&done=late"
    assert (await nobody.post("/sign-in/code?lang=en", {"code": "1"})).status_code == 303


async def test_renewing_leads_back_and_keeps_the_method(world: AccountsWorld, browser: Browser) -> None:
    await browser.sign_in()
    world.clock.forward(minutes=15)
    wanted = await browser.get("/account?lang=en")
    assert (wanted.status_code, wanted.headers["location"]) == (307, "/session/refresh?next=/account%3Flang%3Den")
    for ask in (browser.get, browser.post):
        answer = await ask(wanted.headers["location"])
        assert (answer.status_code, answer.headers["location"]) == (307, "/account?lang=en")
        assert lifetimes(set_cookies(answer)) == {
            "__Host-session": str(90 * DAY),
            "__Host-access": "600",
            "__Host-refreshed": "10",
        }
    assert (await browser.get("/account?lang=en")).status_code == 200


async def test_without_a_session_renewing_leads_to_signing_in_and_clears_what_is_left(
    world: AccountsWorld, browser: Browser
) -> None:
    await browser.sign_in(shared_computer="true")
    world.clock.forward(minutes=16)
    answer = await browser.post("/session/refresh?lang=en&next=/account/email")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?lang=en&next=/account/email")
    assert browser.cookies == {}
    again = await browser.get("/session/refresh?next=/account")
    assert set_cookies(again) == {}
    for path in ("/", "/sign-in", "/sign-out"):
        assert (await browser.get(f"/session/refresh?next={path}")).headers["location"] == path


async def test_pages_that_everybody_may_see_do_not_send_anybody_round_for_ever(
    world: AccountsWorld, browser: Browser
) -> None:
    await browser.sign_in()
    world.clock.forward(minutes=15)
    assert (await browser.get("/?lang=en")).headers["location"] == "/session/refresh?next=/%3Flang%3Den"
    del browser.cookies["__Host-access"]
    browser.cookies["__Host-refreshed"] = "1"
    assert "Welcome to Dzwonek" in (await browser.get("/?lang=en")).text


async def test_signing_out_ends_the_session_and_leaves_nothing_behind(browser: Browser) -> None:
    await browser.sign_in()
    token = browser.cookies["__Host-session"]
    answer = await browser.send("/sign-out?lang=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out?lang=en")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert set(browser.cookies) == {"__Host-device"}
    assert "You are signed out" in (await browser.get("/sign-out?lang=en")).text
    thief = Browser(browser.client, cookies={"__Host-session": token})
    assert (await thief.get("/session/refresh?next=/account")).status_code == 303


async def test_the_language_switch_keeps_where_the_person_was_going(world: AccountsWorld) -> None:
    page = await world.client.get("/sign-in?lang=en&next=/account%3Fdone%3Dx")

    assert 'href="/sign-in?lang=uk&amp;next=/account%3Fdone%3Dx"' in page.text
    assert 'action="/sign-in?lang=en&amp;next=/account%3Fdone%3Dx"' in page.text
