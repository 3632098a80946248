"""A forgotten password by the pages, and what a link that does not work says."""

import pytest
from tests.integration.accounts.accounts_world import ADDRESS, PASSWORD, AccountsWorld
from tests.integration.accounts.browser import Browser, confirmation_path, reset_path

from accounts.domain.tokens import new_token

NEW_PASSWORD = "siedem cichych tramwajów"


@pytest.fixture
async def path(world: AccountsWorld) -> str:
    """Of the link that was mailed."""
    await world.active_account()
    await Browser(world.client).post("/password/forgotten", {"email": ADDRESS})
    return await reset_path(world)


async def test_every_address_is_answered_alike(world: AccountsWorld) -> None:
    await world.active_account()
    browser = Browser(world.client)
    for email in (ADDRESS, "nobody@example.org"):
        answer = await browser.post("/password/forgotten?lang=en", {"email": email})
        assert (answer.status_code, answer.headers["location"]) == (303, "/password/forgotten/sent?lang=en")
    wrong = await browser.post("/password/forgotten?lang=en", {"email": "anna@"})
    assert (wrong.status_code, "This is not an e-mail address." in wrong.text) == (422, True)
    assert (await world.happened()).count("PasswordResetRequested") == 1


async def test_looking_at_the_link_changes_nothing_however_often(world: AccountsWorld, path: str) -> None:
    before = [await world.rows(table) for table in ("accounts", "tokens", "outbox")]
    for _ in range(3):
        assert (await world.client.get(path)).status_code == 200
        assert (await world.client.head(path)).status_code == 200

    assert [await world.rows(table) for table in ("accounts", "tokens", "outbox")] == before


async def test_the_page_says_that_a_new_password_keeps_an_account_that_was_to_be_deleted(
    world: AccountsWorld, path: str
) -> None:
    kept = "With a new password it is kept"
    assert kept not in (await world.client.get(f"{path}?lang=en")).text
    person = await world.signed_in()
    await person.call("POST", "me/deletion", {"password": PASSWORD})
    page = await world.client.get(f"{path}?lang=en")
    assert (kept in page.text, "8 September 2026" in page.text) == (True, True)


async def test_the_form_sets_the_password_once_and_signs_nobody_in(world: AccountsWorld, path: str) -> None:
    signed_in = Browser(world.client)
    await signed_in.sign_in()
    browser = Browser(world.client)
    for password in ("short", "dzwonek1", ""):
        wrong = await browser.post(f"{path}?lang=en", {"new_password": password})
        assert (wrong.status_code, 'id="new_password-error"' in wrong.text) == (422, True)
    foreign = await browser.post(f"{path}?lang=en", {"new_password": NEW_PASSWORD}, **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    answer = await browser.post(f"{path}?lang=en", {"new_password": NEW_PASSWORD})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?lang=en&done=password")
    assert "Your new password is set" in (await browser.get(answer.headers["location"])).text
    assert browser.cookies == {}
    assert (await signed_in.get("/account")).status_code == 307
    assert (await browser.sign_in(password=PASSWORD)).status_code == 422
    assert (await browser.sign_in(password=NEW_PASSWORD)).status_code == 303
    again = await browser.post(f"{path}?lang=en", {"new_password": "osiem starych zegarów"})
    assert (again.status_code, "The link has been used" in again.text) == (200, True)


async def test_the_page_is_in_the_language_of_the_account(world: AccountsWorld, path: str) -> None:
    answer = await world.client.get(path, headers={"Accept-Language": "uk"})
    assert answer.headers["content-language"] == "pl"


async def test_a_link_that_sets_no_password_says_why_and_what_to_do(world: AccountsWorld, path: str) -> None:
    async def shown(path: str) -> tuple[int, str]:
        answer = await world.client.get(f"{path}?lang=en")
        assert 'action="/password/forgotten?lang=en"' in answer.text
        return answer.status_code, answer.text.split("<h1>")[1].split("</h1>")[0]

    world.clock.forward(minutes=2)
    await Browser(world.client).post("/password/forgotten", {"email": ADDRESS})
    newest = await reset_path(world)
    assert await shown(path) == (410, "The link works no longer")
    world.clock.forward(minutes=60)
    assert await shown(newest) == (410, "The link has run out")
    assert await shown(f"/password/reset/{new_token()}") == (404, "This link does not work")
    await world.register("late@example.org")
    other_purpose, _ = await world.tokens()
    assert await shown(f"/password/reset/{other_purpose}") == (404, "This link does not work")


async def test_a_link_that_confirms_no_address_says_why_and_what_to_do(world: AccountsWorld) -> None:
    await world.active_account()
    browser = Browser(world.client)
    await browser.sign_in()

    async def asked(email: str) -> str:
        world.clock.forward(minutes=2)
        await browser.get("/session/refresh")
        await browser.send("/account/email", password=PASSWORD, email=email)
        return await confirmation_path(world)

    async def shown(path: str) -> tuple[int, str]:
        answer = await world.client.get(f"{path}?lang=en")
        assert 'href="/account/email?lang=en"' in answer.text
        assert (await world.client.post(f"{path}?lang=en")).text == answer.text
        return answer.status_code, answer.text.split("<h1>")[1].split("</h1>")[0]

    first, second = await asked("one@example.org"), await asked("two@example.org")
    assert await shown(first) == (410, "The link works no longer")
    world.clock.forward(hours=24)
    assert await shown(second) == (410, "The link has run out")
    assert await shown(f"/email/confirm/{new_token()}") == (404, "This link does not work")
