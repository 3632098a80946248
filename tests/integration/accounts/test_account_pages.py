"""The pages of somebody who is signed in: what they show, what they change, and whose forms they take."""

from datetime import timedelta

import pytest
from tests.integration.accounts.accounts_world import ADDRESS, CHROME, PASSWORD, AccountsWorld
from tests.integration.accounts.browser import Browser, confirmation_path, next_code, with_second_factor

NEW_PASSWORD = "siedem cichych tramwajów"
NEW_ADDRESS = "anna.kowalska@example.org"
PAGES = [
    "/",
    "/sign-out",
    "/sessions",
    "/account",
    "/account/password",
    "/account/email",
    "/account/second-factor",
    "/account/second-factor/setup",
    "/account/deletion",
    "/account/export",
]
FORMS = [path for path in PAGES if path not in {"/", "/account"}]
TABLES = ("accounts", "tokens", "sessions", "email_changes", "second_factor_setups", "recovery_codes", "outbox")


@pytest.fixture
async def browser(world: AccountsWorld) -> Browser:
    """Of somebody who is signed in."""
    await world.active_account()
    browser = Browser(world.client)
    await browser.sign_in()
    return browser


async def everything(world: AccountsWorld) -> list[list[str]]:
    return [await world.rows(table) for table in TABLES]


async def test_every_page_has_the_way_out_and_the_headers_that_keep_its_secrets(browser: Browser) -> None:
    await browser.send("/account/second-factor?lang=en", password=PASSWORD)
    token = await browser.form_token()
    for path in [*PAGES, "/terms/2026-09-01", "/register"]:
        answer = await browser.get(f"{path}?lang=en")
        assert answer.status_code == 200, path
        assert 'action="/sign-out?lang=en"' in answer.text, path
        assert f'name="form_token" value="{token}"' in answer.text, path
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for forbidden in ("<script", "style=", "<style"):
            assert forbidden not in answer.text, path


async def test_looking_changes_nothing(world: AccountsWorld, browser: Browser) -> None:
    before = await everything(world)
    for path in PAGES:
        await browser.get(path)

    assert await everything(world) == before


async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(world: AccountsWorld) -> None:
    stranger = Browser(world.client)
    for path in PAGES[2:]:
        answer = await stranger.get(f"{path}?lang=en")
        assert (answer.status_code, answer.headers["location"]) == (307, f"/session/refresh?next={path}%3Flang%3Den")
        if path in FORMS:
            assert (await stranger.post(f"{path}?lang=en")).headers["location"] == answer.headers["location"]
        answer = await stranger.get(answer.headers["location"])
        assert answer.headers["location"].endswith(f"&next={path}%3Flang%3Den")


@pytest.mark.parametrize("path", FORMS)
async def test_no_form_is_taken_from_another_site_or_another_session(
    world: AccountsWorld, browser: Browser, path: str
) -> None:
    other = Browser(world.client)
    await other.sign_in()
    form = {"password": PASSWORD, "new_password": NEW_PASSWORD, "email": NEW_ADDRESS, "keep": "1", "everywhere": "1"}
    before = await everything(world)
    own, foreign = await browser.form_token(), await other.form_token()

    for token in ("", "wrong", foreign, "ż"):
        answer = await browser.post(f"{path}?lang=en", {**form, "form_token": token})
        assert answer.status_code == 403
        assert "The form is an old one" in answer.text
        assert f'<a class="button" href="{path}?lang=en">Open the page again</a>' in answer.text
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = await browser.post(f"{path}?lang=en", {**form, "form_token": own}, **headers)
        assert answer.status_code == 403
        assert "The form came from elsewhere" in answer.text
    assert await everything(world) == before


async def test_the_pages_are_in_the_language_of_the_account_unless_another_is_chosen(world: AccountsWorld) -> None:
    await world.register(language="uk")
    token, _ = await world.tokens()
    await world.activate(token)
    browser = Browser(world.client)
    await browser.sign_in()

    for path in ("/", "/account", "/sessions"):
        by_account = await browser.get(path, **{"Accept-Language": "en"})
        by_choice = await browser.get(f"{path}?lang=pl")
        assert by_account.headers["content-language"] == "uk", path
        assert by_choice.headers["content-language"] == "pl", path


async def test_the_sessions_are_listed_and_one_can_be_ended(world: AccountsWorld, browser: Browser) -> None:
    school = Browser(world.client, CHROME)
    await school.sign_in(shared_computer="true")
    page = await browser.get("/sessions?lang=en")
    assert page.text.count("This device") == 1
    assert page.text.count("Shared computer") == 1
    assert "Firefox, Android" in page.text
    assert "Chrome, Windows" in page.text

    ends = [part.split('"')[0] for part in page.text.split('name="session_id" value="')[1:]]
    own = page.text.split("This device")[1].split('name="session_id" value="')[1].split('"')[0]
    other = next(session_id for session_id in ends if session_id != own)
    answer = await browser.send("/sessions?lang=en", session_id=other)
    assert answer.headers["location"] == "/sessions?lang=en&done=ended"
    assert (await school.get("/account")).status_code == 307
    for gone in (other, "no id"):
        assert (await browser.send("/sessions", session_id=gone)).status_code == 303
    answer = await browser.send("/sessions?lang=en", session_id=own)
    assert answer.headers["location"] == "/sign-out?lang=en"
    assert (await browser.get("/account")).status_code == 307


async def test_signing_out_everywhere_ends_every_session(world: AccountsWorld, browser: Browser) -> None:
    school = Browser(world.client, CHROME)
    await school.sign_in()
    answer = await browser.send("/sessions?lang=en", everywhere="1")

    assert (answer.headers["location"], answer.headers["clear-site-data"]) == ("/sign-out?lang=en", '"cache"')
    for each in (school, browser):
        assert (await each.get("/account")).status_code == 307


async def test_another_password_ends_every_session_but_this(world: AccountsWorld, browser: Browser) -> None:
    school = Browser(world.client, CHROME)
    await school.sign_in()
    wrong = await browser.send("/account/password?lang=en", password="not the password", new_password=NEW_PASSWORD)
    assert (wrong.status_code, 'id="password-error"' in wrong.text) == (422, True)
    guessable = await browser.send("/account/password?lang=en", password=PASSWORD, new_password="dzwonek1")
    assert (guessable.status_code, 'id="new_password-error"' in guessable.text) == (422, True)
    assert "dzwonek1" not in guessable.text
    answer = await browser.send("/account/password?lang=en", password=PASSWORD, new_password=NEW_PASSWORD)

    assert answer.headers["location"] == "/account?lang=en&done=password"
    assert "Your password is changed" in (await browser.get(answer.headers["location"])).text
    assert (await school.get("/account")).status_code == 307
    assert (await Browser(world.client).sign_in(password=NEW_PASSWORD)).status_code == 303


async def test_guessing_the_password_of_a_session_left_open_is_slowed_down(browser: Browser) -> None:
    for _ in range(5):
        await browser.send("/account/deletion?lang=en", password="not the password")
    answer = await browser.send("/account/password?lang=en", password=PASSWORD, new_password=NEW_PASSWORD)

    assert answer.status_code == 429
    assert "Too many attempts" in answer.text


async def test_another_address_counts_once_its_link_was_used(world: AccountsWorld, browser: Browser) -> None:
    same = await browser.send("/account/email?lang=en", password=PASSWORD, email=ADDRESS)
    assert (same.status_code, "your account has already" in same.text) == (422, True)
    answer = await browser.send("/account/email?lang=en", password=PASSWORD, email=NEW_ADDRESS)
    assert answer.headers["location"] == "/account?lang=en&done=email"
    waiting = (await browser.get("/account?lang=en")).text
    assert f"Waits to be confirmed: {NEW_ADDRESS}" in waiting
    assert ADDRESS in waiting

    path = await confirmation_path(world)
    before = await everything(world)
    for _ in range(3):
        assert NEW_ADDRESS in (await world.client.get(f"{path}?lang=en")).text
    assert await everything(world) == before
    pressed = await world.client.post(f"{path}?lang=en")
    assert (pressed.status_code, pressed.headers["location"]) == (303, f"{path}?lang=en")
    done = await world.client.get(f"{path}?lang=en")
    assert (done.status_code, "Your new address is confirmed" in done.text) == (200, True)
    assert NEW_ADDRESS in (await browser.get("/account?lang=en")).text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "try again in 24 hours"), ("pl", "za 24 godziny"), ("uk", "за 24 години")]
)
async def test_who_asks_for_many_addresses_is_told_when_to_come_again(
    browser: Browser, language: str, said: str
) -> None:
    for number in range(6):
        form = {"password": PASSWORD, "email": f"person{number}@example.org"}
        answer = await browser.send(f"/account/email?lang={language}", **form)
    assert answer.status_code == 429
    assert said in answer.text


async def test_an_address_is_not_confirmed_by_a_form_of_another_site(world: AccountsWorld, browser: Browser) -> None:
    await browser.send("/account/email?lang=en", password=PASSWORD, email=NEW_ADDRESS)
    answer = await browser.post(await confirmation_path(world), {}, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "EmailChanged" not in await world.happened()


async def test_the_app_is_set_up_by_a_picture_or_by_hand_and_the_codes_are_shown_once(
    world: AccountsWorld, browser: Browser
) -> None:
    assert (await browser.get("/account/second-factor/setup")).headers["location"].startswith("/account/second-factor?")
    answer = await browser.send("/account/second-factor?lang=en", password=PASSWORD)
    assert answer.headers["location"] == "/account/second-factor/setup?lang=en"
    page = await browser.get(answer.headers["location"])
    assert "<svg viewBox=" in page.text.split('class="qr"')[1]
    assert 'href="otpauth://totp/' in page.text
    secret = page.text.split('<code class="secret">')[1].split("</code>")[0].replace(" ", "")
    wrong = await browser.send("/account/second-factor/setup?lang=en", code="000000")
    assert (wrong.status_code, 'id="code-error"' in wrong.text, "<svg viewBox=" in wrong.text) == (422, True, True)
    on = await browser.send("/account/second-factor/setup?lang=en", code=next_code(world, secret))
    codes = [part.split("</code>")[0] for part in on.text.split("<li><code>")[1:]]

    assert (on.status_code, len(codes)) == (200, 10)
    for path in PAGES:
        text = (await browser.get(path)).text
        assert not any(code in text for code in codes)
        assert secret not in text
    again = await browser.send("/account/second-factor/setup?lang=en", code=next_code(world, secret))
    assert again.headers["location"] == "/account/second-factor?lang=en"


async def test_where_it_is_on_what_matters_asks_for_the_code_as_well(world: AccountsWorld, browser: Browser) -> None:
    secret = await with_second_factor(world, browser)
    forms = {
        "/account/password": {"password": PASSWORD, "new_password": NEW_PASSWORD},
        "/account/email": {"password": PASSWORD, "email": NEW_ADDRESS},
        "/account/deletion": {"password": PASSWORD},
        "/account/export": {"password": PASSWORD},
        "/account/second-factor": {"password": PASSWORD},
    }
    for path, form in forms.items():
        answer = await browser.send(f"{path}?lang=en", **form)
        assert (answer.status_code, "Enter a code from your app" in answer.text) == (422, True), path
    off = await browser.send("/account/second-factor?lang=en", password=PASSWORD, code=next_code(world, secret))

    assert off.headers["location"] == "/account?lang=en&done=second-factor-off"
    assert "Off: the password alone is enough." in (await browser.get("/account?lang=en")).text


async def test_the_page_of_deletion_says_the_day_and_the_account_can_be_kept(
    world: AccountsWorld, browser: Browser
) -> None:
    day = (world.clock.now + timedelta(days=7)).strftime("%A, %-d %B %Y")
    page = await browser.get("/account/deletion?lang=en")
    assert day in page.text
    assert "is the school's, by law" in page.text
    answer = await browser.send("/account/deletion?lang=en", password=PASSWORD)
    assert answer.headers["location"] == "/account/deletion?lang=en"
    asked = await browser.get("/account/deletion?lang=en")
    assert (day in asked.text, "Keep the account" in asked.text) == (True, True)
    for path in ("/", "/account"):
        assert "This account will be deleted on" in (await browser.get(f"{path}?lang=en")).text

    for _ in range(2):
        kept = await browser.send("/account/deletion?lang=en", keep="1")
        assert kept.headers["location"] == "/account?lang=en&done=kept"
    assert "will be deleted" not in (await browser.get("/account?lang=en")).text
    assert (await world.happened())[-2:] == ["AccountDeletionRequested", "AccountDeletionCancelled"]


async def test_the_page_of_the_export_gives_a_file_that_no_browser_shows(
    world: AccountsWorld, browser: Browser
) -> None:
    await browser.sign_in()
    answer = await browser.send("/account/export?lang=uk", password=PASSWORD)
    assert answer.headers["content-disposition"] == 'attachment; filename="dzwonek-export.zip"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"PK")
    wrong = await browser.send("/account/export?lang=en", password="not the password")
    assert wrong.status_code == 422
    assert "This is not the password." in wrong.text
