"""My children and schools: a portal account links school logins by the pages."""

import re
from collections.abc import Mapping

import pytest
from tests.integration.accounts.accounts_world import OTHER_PASSWORD, AccountsWorld
from tests.integration.accounts.browser import Browser
from tests.integration.accounts.logins.calls import OWN, first_time

from accounts.handlers.handing_out import Slip

LIST, LINKING, CHOOSING = "/account/logins?lang=en", "/account/logins/new?lang=en", "/account/logins/password?lang=en"


@pytest.fixture
async def browser(world: AccountsWorld, slips: Mapping[str, Slip]) -> Browser:
    """Of somebody who is signed in with a portal account."""
    await world.active_account()
    browser = Browser(world.client)
    await browser.sign_in()
    return browser


async def test_the_slip_leads_to_a_password_of_ones_own_and_to_the_children(
    browser: Browser, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Jan Lis"]
    assert "None yet" in (await browser.get(LIST)).text
    answer = await browser.send(LINKING, login=slip.login, password=slip.password)
    assert (answer.status_code, answer.headers["location"]) == (303, CHOOSING)
    choosing = await browser.get(CHOOSING)
    assert "Jan Lis · Szkoła nr 1" in choosing.text
    answer = await browser.send(CHOOSING, new_password=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}&done=linked")
    children = (await browser.get(f"{LIST}&done=linked")).text
    assert "The login is linked" in children
    assert re.findall(r"<h2>(\w+ Lis)</h2>", children) == ["Ala Lis"]
    assert "3b · Szkoła nr 1" in children
    assert "Guardian's login" in children
    assert slip.login in children


async def test_a_password_of_ones_own_links_at_once(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await first_time(world, slips["Ala Lis"])
    answer = await browser.send(LINKING, login=slips["Ala Lis"].login, password=OWN)
    assert answer.headers["location"] == f"{LIST}&done=linked"
    assert "With the pupil's own login" in (await browser.get(LIST)).text


async def test_a_link_ends_by_its_button_and_once_more_is_no_error(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await first_time(world, slips["Ala Lis"])
    await browser.send(LINKING, login=slips["Ala Lis"].login, password=OWN)
    found = re.search(r'name="login_id" value="([^"]+)"', (await browser.get(LIST)).text)
    assert found
    for login_id in (found[1], found[1], "nothing"):
        answer = await browser.send(LIST, login_id=login_id)
        assert answer.headers["location"] == f"{LIST}&done=unlinked"
    assert "None yet" in (await browser.get(f"{LIST}&done=unlinked")).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"login": "", "password": OWN}, "Enter the login from the slip"),
        ({"login": "anna@example.org", "password": OWN}, "Enter the login from the slip"),
        ({"login": "99999999", "password": ""}, "Enter a password"),
        ({"login": "99999999", "password": OTHER_PASSWORD}, "The login or the password is wrong"),
    ],
)
async def test_what_is_wrong_stands_beside_the_field_and_the_password_nowhere(
    browser: Browser, form: dict[str, str], words: str
) -> None:
    answer = await browser.send(LINKING, **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert OTHER_PASSWORD not in answer.text
    assert f'value="{form["login"]}"' in answer.text


async def test_a_login_of_another_account_says_what_to_do(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await first_time(world, slips["Ala Lis"])
    await browser.send(LINKING, login=slips["Ala Lis"].login, password=OWN)
    await world.active_account("borys.maj@example.org")
    boris = Browser(world.client)
    await boris.sign_in("borys.maj@example.org")
    answer = await boris.send(LINKING, login=slips["Ala Lis"].login, password=OWN)
    assert answer.status_code == 422
    assert "Another portal account is linked with this login" in answer.text


async def test_a_password_that_is_soon_guessed_can_be_mended(browser: Browser, slips: Mapping[str, Slip]) -> None:
    await browser.send(LINKING, login=slips["Ala Lis"].login, password=slips["Ala Lis"].password)
    answer = await browser.send(CHOOSING, new_password="12345678")
    assert answer.status_code == 422
    assert "easy to guess" in answer.text
    assert (await browser.send(CHOOSING, new_password=OWN)).status_code == 303


async def test_without_the_printed_password_it_begins_anew(browser: Browser) -> None:
    for answer in (await browser.get(CHOOSING), await browser.send(CHOOSING, new_password=OWN)):
        assert (answer.status_code, answer.headers["location"]) == (303, LINKING)


async def test_the_login_sees_that_an_account_is_linked_and_ends_it(
    browser: Browser, world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await first_time(world, slips["Ala Lis"])
    await browser.send(LINKING, login=slips["Ala Lis"].login, password=OWN)
    ala = Browser(world.client)
    await ala.sign_in(slips["Ala Lis"].login, OWN)
    assert "A portal account is linked with this login" in (await ala.get("/?lang=en")).text
    answer = await ala.send("/school-login/link?lang=en")
    assert answer.headers["location"] == "/?lang=en&done=unlinked"
    home = (await ala.get("/?lang=en&done=unlinked")).text
    assert "No portal account is linked with this login any more" in home
    assert "None yet" in (await browser.get(LIST)).text


@pytest.mark.parametrize("path", [LIST, LINKING, CHOOSING])
async def test_no_form_is_taken_from_another_session(browser: Browser, path: str) -> None:
    assert (await browser.post(path, {"form_token": "of somebody else"})).status_code == 403
