"""Signing in with a school login by the pages: the slip, a password of one's own, and in."""

import dataclasses
import re
from collections.abc import Mapping

import pytest
from tests.integration.accounts.accounts_world import OTHER_PASSWORD, AccountsWorld
from tests.integration.accounts.browser import Browser
from tests.integration.accounts.logins.calls import ANOTHER, OWN, printed_anew

from accounts.handlers.handing_out import Slip

CHOOSING = "/sign-in/first-password"


@pytest.fixture
def browser(world: AccountsWorld) -> Browser:
    return Browser(world.client)


async def comes_in(browser: Browser, slip: Slip, **other: str) -> None:
    """With the slip, for the first time."""
    await browser.sign_in(slip.login, slip.password, **other)
    answer = await browser.post(f"{CHOOSING}?lang=en", {"new_password": OWN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_the_slip_leads_to_a_password_of_ones_own_and_in(browser: Browser, slips: Mapping[str, Slip]) -> None:
    slip = slips["Jan Lis"]
    answer = await browser.sign_in(slip.login, slip.password)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{CHOOSING}?lang=en")
    choosing = await browser.get(f"{CHOOSING}?lang=en")
    assert "Choose a password of your own" in choosing.text
    assert "Jan Lis" in choosing.text
    answer = await browser.post(f"{CHOOSING}?lang=en", {"new_password": OWN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    home = await browser.get("/?lang=en")
    assert "Jan Lis · Szkoła nr 1" in home.text
    assert "guardian's login for Ala Lis" in home.text


async def test_it_leads_to_where_the_person_was_going_in_their_language(
    browser: Browser, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ewa Żak-Lis"]
    answer = await browser.post("/sign-in?next=/notifications/", {"email": slip.login, "password": slip.password})
    assert answer.headers["location"] == f"{CHOOSING}?lang=uk&next=/notifications/"
    choosing = await browser.get(answer.headers["location"])
    assert '<html lang="uk"' in choosing.text
    answer = await browser.post(answer.headers["location"], {"new_password": OWN})
    assert answer.headers["location"] == "/notifications/"


async def test_a_password_that_is_soon_guessed_can_be_mended(browser: Browser, slips: Mapping[str, Slip]) -> None:
    slip = slips["Ala Lis"]
    await browser.sign_in(slip.login, slip.password)
    answer = await browser.post(f"{CHOOSING}?lang=en", {"new_password": "12345678"})
    assert answer.status_code == 422
    assert "easy to guess" in answer.text
    assert (await browser.post(f"{CHOOSING}?lang=en", {"new_password": OWN})).status_code == 303


async def test_without_the_printed_password_nobody_chooses_one(browser: Browser) -> None:
    for answer in (await browser.get(CHOOSING), await browser.post(CHOOSING, {"new_password": OWN})):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?lang=pl&done=late")


async def test_after_ten_minutes_it_begins_anew(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await browser.sign_in(slips["Ala Lis"].login, slips["Ala Lis"].password)
    world.clock.forward(minutes=10)
    answer = await browser.post(f"{CHOOSING}?lang=en", {"new_password": OWN})
    assert answer.headers["location"] == "/sign-in?lang=en&done=late"


async def test_on_a_shared_computer_the_session_goes_with_the_browser(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ala Lis"]
    answer = await browser.sign_in(slip.login, slip.password, shared_computer="true")
    answer = await browser.post(answer.headers["location"], {"new_password": OWN})
    assert not any("Max-Age" in header for header in answer.headers.get_list("set-cookie") if "session" in header)
    assert await world.pool.fetchval("SELECT shared_computer FROM sessions")


async def test_a_wrong_password_and_a_login_that_nobody_has_are_answered_alike(
    browser: Browser, slips: Mapping[str, Slip]
) -> None:
    login = slips["Ala Lis"].login
    wrong = await browser.sign_in(login, OTHER_PASSWORD)
    unknown = await browser.sign_in("99999999u", OTHER_PASSWORD)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert wrong.text.replace(login, "99999999u") == unknown.text
    assert "the login or the password is wrong" in wrong.text


async def test_the_password_can_be_changed(browser: Browser, slips: Mapping[str, Slip]) -> None:
    await comes_in(browser, slips["Ala Lis"])
    path = "/school-login/password?lang=en"
    wrong = await browser.send(path, password=ANOTHER, new_password=ANOTHER)
    assert wrong.status_code == 422
    answer = await browser.send(path, password=OWN, new_password=ANOTHER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=en&done=password")
    assert "Your new password is set" in (await browser.get("/?lang=en&done=password")).text
    assert (await Browser(browser.client).sign_in(slips["Ala Lis"].login, ANOTHER)).status_code == 303


async def test_no_form_is_taken_from_another_site_or_another_session(
    browser: Browser, slips: Mapping[str, Slip]
) -> None:
    await comes_in(browser, slips["Ala Lis"])
    form = {"password": OWN, "new_password": ANOTHER}
    path = "/school-login/password?lang=en"
    assert (await browser.post(path, {**form, "form_token": "of somebody else"})).status_code == 403
    mine = {**form, "form_token": await browser.form_token()}
    assert (await browser.post(path, mine, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/logins", "/account/deletion"])
async def test_pages_of_portal_accounts_say_that_they_are_not_for_a_school_login(
    browser: Browser, slips: Mapping[str, Slip], path: str
) -> None:
    await comes_in(browser, slips["Ala Lis"])
    answer = await browser.get(f"{path}?lang=en", Accept="text/html")
    assert answer.status_code == 403
    assert "You are signed in with the login from the school" in answer.text
    assert ">Account<" not in answer.text


async def test_a_person_signs_out(browser: Browser, slips: Mapping[str, Slip]) -> None:
    await comes_in(browser, slips["Ala Lis"])
    await browser.send("/sign-out?lang=en")
    assert "Welcome to Dzwonek" in (await browser.get("/?lang=en")).text


async def test_whoever_found_a_slip_chooses_nothing_once_another_is_printed(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ala Lis"]
    await browser.sign_in(slip.login, slip.password)
    printed = await printed_anew(world, slip.login)
    answer = await browser.post(f"{CHOOSING}?lang=en", {"new_password": OWN})
    assert answer.headers["location"] == "/sign-in?lang=en&done=late"
    await comes_in(Browser(world.client), printed)


async def test_whoever_has_left_is_signed_out_when_the_token_is_renewed(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await comes_in(browser, slips["Ala Lis"])
    await world.pool.execute("UPDATE people SET ends_on = CURRENT_DATE - 1 WHERE given_name = 'Ala'")
    answer = await browser.get("/session/refresh?next=/school-login/password")
    assert answer.headers["location"].startswith("/sign-in")
    assert "__Host-session" not in browser.cookies


async def test_a_login_signs_out_everywhere_by_its_page(browser: Browser, slips: Mapping[str, Slip]) -> None:
    await comes_in(browser, slips["Ala Lis"])
    other = Browser(browser.client)
    await other.sign_in(slips["Ala Lis"].login, OWN)
    page = (await browser.get("/sessions?lang=en")).text
    assert page.count('name="session_id"') == 2
    assert "Back to your account" not in page
    answer = await browser.send("/sessions?lang=en", everywhere="1")
    assert answer.headers["location"] == "/sign-out?lang=en"
    renewal = await other.get((await other.get("/school-login/password?lang=en")).headers["location"])
    assert renewal.headers["location"].startswith("/sign-in")


async def test_a_guardian_gives_a_child_another_password_without_a_portal_account(
    browser: Browser, slips: Mapping[str, Slip]
) -> None:
    await comes_in(browser, slips["Jan Lis"])
    home = (await browser.get("/?lang=en")).text
    assert re.findall(r"<h2>(\w+ Lis)</h2>", home) == ["Ala Lis"]
    [path] = re.findall(r'action="(/logins/[^"]+)"', home)
    sheet = await browser.send(path)
    assert slips["Ala Lis"].login in sheet.text
    await comes_in(Browser(browser.client), dataclasses.replace(slips["Ala Lis"], password=_password_on(sheet.text)))


def _password_on(sheet: str) -> str:
    _, password = re.findall(r"<dd>(.*?)</dd>", sheet)[:2]
    return str(password)
