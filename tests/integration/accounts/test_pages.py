"""The pages as a browser gets them: headers, languages, what a form keeps, and whose forms are taken."""

import re

import pytest
from httpx import Response
from tests.integration.accounts.accounts_world import ADDRESS, ORIGIN, PASSWORD, AccountsWorld

from accounts.domain.tokens import new_token
from shared.terms import current_version

FORM = {"email": ADDRESS, "password": PASSWORD, "age_bracket": "adult", "language": "uk"}
HEADINGS = {"pl": "Załóż konto", "en": "Create an account", "uk": "Створіть обліковий запис"}


async def every_page(world: AccountsWorld) -> list[Response]:
    await world.register()
    token, _ = await world.tokens()
    gets = ["/", "/sign-in", "/sign-in/code", "/sign-out", "/password/forgotten", "/password/forgotten/sent"]
    gets += [f"/password/reset/{new_token()}", f"/email/confirm/{new_token()}", "/account", "/session/refresh"]
    gets += ["/register", "/register/sent", "/register/sent-again", f"/activate/{token}", f"/activate/{new_token()}"]
    gets += ["/register/resend", f"/terms/{current_version()}", "/terms", "/terms/2001-01-01"]
    posts = ["/sign-in", "/password/forgotten", f"/password/reset/{new_token()}", "/account/email", "/sessions"]
    posts += ["/register", "/register/resend", f"/activate/{token}", f"/activate/{new_token()}"]
    return [await world.client.get(path) for path in gets] + [await world.client.post(path, data={}) for path in posts]


async def test_every_page_has_the_headers_that_keep_its_secrets(world: AccountsWorld) -> None:
    for answer in await every_page(world):
        headers = answer.headers
        assert headers["referrer-policy"] == "no-referrer", answer.url
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "set-cookie" not in headers


async def test_no_page_needs_a_script_or_a_style_in_its_text(world: AccountsWorld) -> None:
    for answer in await every_page(world):
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        assert "<style" not in answer.text
        assert not re.search(r"\son[a-z]+=", answer.text)


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/register", None, "pl"),
        ("/register", "uk-UA,uk;q=0.9,en;q=0.5", "uk"),
        ("/register", "de-DE,de;q=0.9,en;q=0.4", "en"),
        ("/register", "fr", "pl"),
        ("/register?lang=en", "uk", "en"),
        ("/register?lang=xx", "uk", "uk"),
    ],
)
async def test_the_language_is_the_chosen_one_else_what_the_browser_likes(
    world: AccountsWorld, path: str, header: str | None, language: str
) -> None:
    answer = await world.client.get(path, headers={"Accept-Language": header} if header else {})

    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{HEADINGS[language]}</h1>" in answer.text
    for other in HEADINGS:
        assert f'href="/register?lang={other}"' in answer.text


async def test_a_link_is_shown_in_the_language_that_the_person_registered_in(world: AccountsWorld) -> None:
    await world.register(language="uk")
    token, _ = await world.tokens()

    by_account = await world.client.get(f"/activate/{token}", headers={"Accept-Language": "en"})
    by_choice = await world.client.get(f"/activate/{token}?lang=en")
    assert by_account.headers["content-language"] == "uk"
    assert by_choice.headers["content-language"] == "en"


async def test_the_form_registers_and_leads_on(world: AccountsWorld) -> None:
    answer = await world.client.post("/register?lang=uk", data=FORM)

    assert (answer.status_code, answer.headers["location"]) == (303, "/register/sent?lang=uk")
    assert await world.happened() == ["AccountRegistered"]
    again = await world.client.post("/register/resend?lang=uk", data={"email": ADDRESS})
    assert (again.status_code, again.headers["location"]) == (303, "/register/sent-again?lang=uk")


async def test_a_wrong_form_keeps_what_was_entered_but_for_the_password(world: AccountsWorld) -> None:
    wrong = {**FORM, "email": "anna@<b>", "password": "moje-haslo" * 40, "age_bracket": "13_15"}
    answer = await world.client.post("/register?lang=en", data=wrong)

    assert answer.status_code == 422
    assert 'value="anna@&lt;b&gt;"' in answer.text
    assert '<input type="radio" name="age_bracket" value="13_15" required checked>' in answer.text
    assert '<option value="uk" lang="uk" selected>' in answer.text
    assert "moje-haslo" not in answer.text
    assert await world.happened() == []


async def test_no_page_says_to_anybody_that_an_account_is_active(world: AccountsWorld) -> None:
    assert (await world.client.get("/activated")).status_code == 404


async def test_asking_again_with_a_mistake_shows_that_form_alone(world: AccountsWorld) -> None:
    answer = await world.client.post("/register/resend?lang=en", data={"email": "anna@"})

    assert answer.status_code == 422
    assert "<h1>Ask for the link again</h1>" in answer.text
    assert answer.text.count("This is not an e-mail address.") == 1
    assert 'value="anna@" autofocus' in answer.text
    for language in HEADINGS:
        assert (await world.client.get(f"/register/resend?lang={language}")).status_code == 200


async def test_a_time_on_a_page_says_its_zone(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    for language, zone in {"pl": "(czas polski)", "en": "(Warsaw time)", "uk": "(за польським часом)"}.items():
        assert zone in (await world.client.get(f"/activate/{token}?lang={language}")).text


async def test_a_password_that_is_soon_guessed_is_told_beside_its_field(world: AccountsWorld) -> None:
    answer = await world.client.post("/register?lang=en", data={**FORM, "password": "dzwonek1"})

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert f'value="{ADDRESS}"' in answer.text
    assert "dzwonek1" not in answer.text
    assert await world.happened() == []


async def test_a_form_is_refused_or_taken_by_where_it_comes_from(world: AccountsWorld) -> None:
    own = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": ORIGIN}, {"Origin": "null"}, {}]
    foreign = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ]
    await world.register()
    token, _ = await world.tokens()
    for path in ("/register?lang=en", "/register/resend?lang=en", f"/activate/{token}?lang=en"):
        for headers in foreign:
            answer = await world.client.post(path, data={}, headers=headers)
            assert answer.status_code == 403, headers
            assert "The form came from elsewhere" in answer.text
        for headers in own:
            assert (await world.client.post(path, data={}, headers=headers)).status_code != 403, headers
    assert await world.happened() == ["AccountRegistered"]


async def test_looking_at_a_link_changes_nothing_however_often(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    before = [await world.rows(table) for table in ("accounts", "tokens", "outbox")]
    for _ in range(3):
        assert (await world.client.get(f"/activate/{token}")).status_code == 200

    assert [await world.rows(table) for table in ("accounts", "tokens", "outbox")] == before


async def test_the_button_activates_once_and_then_the_page_says_that_it_is_done(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    form = {"terms_version": current_version(), "password": PASSWORD}
    first = await world.client.post(f"/activate/{token}?lang=en", data=form)
    second = await world.client.post(f"/activate/{token}?lang=en", data=form)

    assert (first.status_code, first.headers["location"]) == (303, f"/activate/{token}?lang=en")
    shown = await world.client.get(first.headers["location"])
    assert shown.text == second.text
    assert second.status_code == 200
    assert "Your account is active" in second.text
    assert (await world.happened()).count("AccountActivated") == 1


async def test_the_button_under_old_terms_shows_the_new_ones_first(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    answer = await world.client.post(
        f"/activate/{token}?lang=en", data={"terms_version": "2020-01-01", "password": PASSWORD}
    )

    assert answer.status_code == 409
    assert "The terms have changed" in answer.text
    assert f'name="terms_version" value="{current_version()}"' in answer.text
    assert await world.happened() == ["AccountRegistered"]


async def test_a_link_that_does_not_work_says_why_and_what_to_do(world: AccountsWorld) -> None:
    await world.register()
    revoked, _ = await world.tokens()
    world.clock.forward(minutes=2)
    await world.ask_again()
    good, _ = await world.tokens()

    async def shown(token: str) -> tuple[int, str]:
        answer = await world.client.get(f"/activate/{token}?lang=en")
        return answer.status_code, answer.text

    status, text = await shown(revoked)
    assert (status, "There is a newer link" in text, 'action="/register/resend' in text) == (410, True, True)
    status, text = await shown(new_token())
    assert (status, "This link does not work" in text, 'action="/register/resend' in text) == (404, True, True)
    await world.activate(good)
    status, text = await shown(good)
    assert (status, "Your account is active" in text) == (200, True)

    await world.register("late@example.org")
    late, _ = await world.tokens()
    world.clock.forward(days=14)
    status, text = await shown(late)
    assert (status, "The link has run out" in text, 'href="/register?lang=en"' in text) == (410, True, True)


async def test_the_terms_of_a_version_can_be_read_in_each_language(world: AccountsWorld) -> None:
    pages = [await world.client.get(f"/terms/{current_version()}?lang={language}") for language in HEADINGS]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 3
    newest = await world.client.get("/terms?lang=uk")
    assert newest.headers["location"] == f"/terms/{current_version()}?lang=uk"
    unknown = await world.client.get("/terms/..%2f..%2fetc?lang=en")
    assert unknown.status_code == 404


async def test_the_style_sheet_is_kept_by_browsers_under_an_address_of_its_content(world: AccountsWorld) -> None:
    page = await world.client.get("/register")
    address = page.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    sheet = await world.client.get(address)

    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["cache-control"]
    assert (await world.client.get("/static/../settings.py")).status_code == 404


async def test_the_front_door_shows_three_ways_and_warns_on_computers_that_others_use(world: AccountsWorld) -> None:
    answer = await world.client.get("/?lang=en")

    for way in ("Sign in as family", "Sign in as staff", "Create an account", "On a computer that others use"):
        assert way in answer.text
    assert answer.text.count('href="/sign-in?lang=en"') == 2
    assert 'class="button quiet" href="/register?lang=en"' in answer.text
    assert "Sign out</button>" not in answer.text


@pytest.mark.parametrize(
    "path", ["/activate/a-token/", "/password/reset/a-token/", "/email/confirm/a-token/", "/register/"]
)
async def test_a_slash_too_much_leads_nowhere_least_of_all_where_a_host_header_says(
    world: AccountsWorld, path: str
) -> None:
    answer = await world.client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert "evil.example" not in answer.text
