"""The office's pages: from the school to the class, and a sheet to be printed."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping

import pytest
from tests.integration.accounts.accounts_world import AccountsWorld
from tests.integration.accounts.browser import Browser
from tests.integration.accounts.logins.calls import OWN, first_time
from tests.integration.accounts.logins.office import class_3b, school_of, staff_slips

from accounts.handlers.handing_out import Slip
from shared.runtime.postgres import Connection


@pytest.fixture
async def staff(world: AccountsWorld, connection: Connection) -> Mapping[str, Slip]:
    """Their slips, used already."""
    slips = await staff_slips(world, connection)
    for slip in slips.values():
        await first_time(world, slip)
    return slips


async def signed_in(world: AccountsWorld, slip: Slip) -> Browser:
    browser = Browser(world.client)
    answer = await browser.sign_in(slip.login, OWN)
    assert answer.status_code == 303
    return browser


async def test_from_the_front_door_to_a_sheet_in_the_languages_of_those_who_get_it(
    world: AccountsWorld, staff: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    path = "/?lang=en"
    for words in ("Logins of the school", "Szkoła nr 1", "Class 3b"):
        page = await browser.get(path)
        found = re.search(rf'href="([^"]+)">{words}</a>', page.text)
        assert found, page.text
        path = found[1].replace("&amp;", "&")
    assert path == f"/office/classes/{await class_3b(connection)}?lang=en"
    assert "6 people have no login yet." in (await browser.get(path)).text
    sheet = await browser.send(path)
    assert sheet.status_code == 200
    assert sheet.text.count('<article class="slip"') == 6
    assert 'lang="uk"' in sheet.text
    assert sheet.headers["cache-control"] == "no-store"
    class_page = (await browser.get(path)).text
    assert "no login yet" not in class_page
    assert class_page.count("Not used yet") == 6


async def test_a_browser_shows_the_sheet_in_its_own_style_and_takes_no_other(
    world: AccountsWorld, staff: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    sheet = await browser.send(f"/office/classes/{await class_3b(connection)}?lang=en")
    style = sheet.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = sheet.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


async def test_where_everybody_has_one_nothing_is_printed(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    path = f"/office/classes/{await class_3b(connection)}?lang=en"
    answer = await browser.send(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}&done=none")
    assert "nothing was printed" in (await browser.get(answer.headers["location"])).text
    assert (await browser.send(path, again="true")).text.count('<article class="slip"') == 6


async def test_one_slip_is_printed_anew_from_the_class(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Iga Kos"])
    page = (await browser.get(f"/office/classes/{await class_3b(connection)}?lang=en")).text
    assert "Make the logins" not in page
    login_id = await connection.fetchval("SELECT login_id FROM school_logins WHERE name = $1", slips["Ala Lis"].login)
    assert f"/logins/{login_id}/slip?lang=en" in page
    sheet = await browser.send(f"/logins/{login_id}/slip?lang=en")
    assert slips["Ala Lis"].login in sheet.text
    assert slips["Ala Lis"].password not in sheet.text


async def test_the_school_page_tells_of_logins_that_are_guessed_at(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    path = f"/office/schools/{(await school_of(connection)).school_id}?lang=en"
    assert "Somebody guesses" not in (await browser.get(path)).text
    for _ in range(5):
        await Browser(world.client).sign_in(slips["Ala Lis"].login, "not the password")
    page = (await browser.get(path)).text
    assert "Somebody guesses at these logins" in page
    assert slips["Ala Lis"].login in page


async def test_a_form_that_is_sent_twice_prints_once(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    path = f"/office/classes/{await class_3b(connection)}?lang=en"
    world.clock.forward(seconds=1)
    seen = re.findall(r'name="seen" value="([^"]+)"', (await browser.get(path)).text)[0].replace("&#43;", "+")
    world.clock.forward(seconds=1)
    assert (await browser.send(path, again="true", seen=seen)).text.count('<article class="slip"') == 6
    assert (await browser.send(path, again="true", seen=seen)).headers["location"] == f"{path}&done=none"
    login_id = await connection.fetchval("SELECT login_id FROM school_logins WHERE name = $1", slips["Ala Lis"].login)
    repeated = await browser.send(f"/logins/{login_id}/slip?lang=en", seen=seen)
    assert repeated.status_code == 409
    assert "Printed already" in repeated.text
    later = world.clock().isoformat()
    assert (await browser.send(f"/logins/{login_id}/slip?lang=en", seen=later)).status_code == 200


async def test_of_two_forms_at_once_one_prints(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    login_id = await connection.fetchval("SELECT login_id FROM school_logins WHERE name = $1", slips["Ala Lis"].login)
    seen = world.clock().isoformat()
    world.clock.forward(seconds=1)
    form = {"form_token": await browser.form_token(), "seen": seen}
    answers = await asyncio.gather(*(browser.post(f"/logins/{login_id}/slip?lang=en", form) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_slip_is_printed_by_no_link_and_no_form_of_another_site(
    world: AccountsWorld, staff: Mapping[str, Slip], slips: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    login_id = await connection.fetchval("SELECT login_id FROM school_logins WHERE name = $1", slips["Ala Lis"].login)
    path = f"/logins/{login_id}/slip?lang=en"
    before = await connection.fetchval("SELECT password_hash FROM school_logins WHERE login_id = $1", login_id)
    assert (await browser.get(path)).headers["location"] == "/?lang=en"
    assert (await browser.post(path, {"form_token": "of somebody else"})).status_code == 403
    mine = {"form_token": await browser.form_token()}
    assert (await browser.post(path, mine, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert await connection.fetchval("SELECT password_hash FROM school_logins WHERE login_id = $1", login_id) == before


async def test_a_guardian_with_a_portal_account_prints_the_childs_login_anew(
    world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    await world.active_account()
    browser = Browser(world.client)
    await browser.sign_in()
    await first_time(world, slips["Jan Lis"])
    await browser.send("/account/logins/new?lang=en", login=slips["Jan Lis"].login, password=OWN)
    page = (await browser.get("/account/logins?lang=en")).text
    [path] = re.findall(r'action="(/logins/[^"]+)"', page)
    assert slips["Ala Lis"].login in (await browser.send(path)).text


@pytest.mark.parametrize(
    "path", ["/office", "/office/schools/{school}", "/office/schools/{school}/staff", "/office/classes/{class}"]
)
async def test_nobody_else_sees_that_there_is_such_a_page(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection, path: str
) -> None:
    await first_time(world, slips["Jan Lis"])
    browser = await signed_in(world, slips["Jan Lis"])
    ids = {"school": (await school_of(connection)).school_id, "class": await class_3b(connection)}
    answer = await browser.get(path.format(**ids) + "?lang=en", Accept="text/html")
    assert answer.status_code == 404
    assert "Logins of the school" not in (await browser.get("/?lang=en")).text


async def test_no_form_is_taken_from_another_session(
    world: AccountsWorld, staff: Mapping[str, Slip], connection: Connection
) -> None:
    browser = await signed_in(world, staff["Zofia Wrona"])
    path = f"/office/classes/{await class_3b(connection)}?lang=en"
    assert (await browser.post(path, {"form_token": "of somebody else"})).status_code == 403
    assert await connection.fetchval("SELECT count(*) FROM school_logins WHERE kind <> 'staff'") == 0
