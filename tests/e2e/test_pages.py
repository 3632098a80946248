"""The pages of accounts in Chromium: without JavaScript, by keyboard alone, on a narrow phone, in each language."""

import pytest
from playwright.async_api import BrowserContext, Page, expect
from tests.e2e.accounts_site import Site
from tests.e2e.keyboard import Keyboard

pytestmark = pytest.mark.browser

LANGUAGES = ("pl", "en", "uk")
WORDS = {
    "pl": ("Załóż konto", "Sprawdź skrzynkę e-mail", "Aktywuj konto", "Twoje konto jest aktywne"),
    "en": ("Create an account", "Look in your mailbox", "Activate your account", "Your account is active"),
    "uk": ("Створіть обліковий запис", "Перевірте поштову скриньку", "Активуйте обліковий запис", None),
}
ADDRESS = "anna.nowak@example.org"
PASSWORD = "cztery zielone rowery"


async def state(site: Site) -> str:
    account = await site.world.account(ADDRESS)
    assert account is not None
    return str(account["state"])


async def fill_in(page: Page) -> None:
    await page.locator("#email").fill(ADDRESS)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("input[value=adult]").check()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_registers_and_activates_without_scripts(
    site: Site, phone: BrowserContext, language: str
) -> None:
    create, look, activate, active = WORDS[language]
    page = await phone.new_page()
    await page.goto(f"{site.url}/register?lang={language}")
    await expect(page.locator("h1")).to_have_text(create)
    await fill_in(page)
    await page.locator("main button").click()
    await expect(page.locator("h1")).to_have_text(look)

    link = await site.activation_link()
    for _ in range(2):
        await page.goto(link)
        await expect(page.locator("h1")).to_have_text(activate)
    assert await state(site) == "pending"
    await page.locator("summary").click()
    await expect(page.locator(".terms")).to_be_visible()
    await page.locator("#password").fill(PASSWORD)
    await page.locator("main button").click()
    assert page.url == f"{link}?lang={language}"
    if active:
        await expect(page.locator("h1")).to_have_text(active)
    assert await state(site) == "active"


async def test_the_language_can_be_switched_on_the_way(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(f"{site.url}/register?lang=pl")
    await page.get_by_role("link", name="Українська").click()
    await expect(page.locator("html")).to_have_attribute("lang", "uk")
    await fill_in(page)
    await page.locator("main button").click()
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("h1")).to_have_text("Look in your mailbox")
    account = await site.world.account(ADDRESS)
    assert account is not None
    assert account["language"] == "uk"


async def test_mistakes_are_told_at_the_top_and_beside_their_fields(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(f"{site.url}/register?lang=en")
    await page.locator("#email").fill("anna@")
    await page.locator("#password").fill("iloveyou")
    await page.locator("main button").click()

    await expect(page).to_have_title("Error: Create an account – Dzwonek")
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    email = page.get_by_label("E-mail address")
    await expect(email).to_have_value("anna@")
    await expect(email).to_have_attribute("aria-invalid", "true")
    await expect(email).to_have_accessible_description(
        "The link that activates the account goes to this address."
        " Error: This is not an e-mail address. It looks like anna@example.org."
    )
    await expect(page.locator("#password")).to_have_value("")
    await page.get_by_role("alert").get_by_role("link").nth(1).click()
    await expect(page.locator("#password")).to_be_focused()

    await fill_in(page)
    await page.locator("main button").click()
    await expect(page.locator("h1")).to_have_text("Look in your mailbox")


async def test_the_keyboard_alone_is_enough_to_register(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    keyboard = Keyboard(page)
    await page.goto(f"{site.url}/register?lang=en")
    await keyboard.tab_to("Skip to the content")
    await keyboard.write("email", ADDRESS)
    await keyboard.write("password", PASSWORD)
    await keyboard.tab_to("age_bracket")
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await keyboard.tab_to("language")
    await keyboard.press("Read the terms of service")
    await expect(page.locator(".terms")).to_be_visible()
    await keyboard.follow("Create the account")
    await expect(page.locator("h1")).to_have_text("Look in your mailbox")

    await page.goto(await site.activation_link() + "?lang=en")
    await keyboard.write("password", PASSWORD)
    await keyboard.follow("Accept and activate")
    await expect(page.locator("h1")).to_have_text("Your account is active")
    account = await site.world.account(ADDRESS)
    assert account is not None
    assert account["age_bracket"] == "adult"


async def test_headings_and_labels_make_sense_without_seeing_the_page(site: Site, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await page.goto(f"{site.url}/register?lang=en")
    await expect(page.get_by_role("heading", level=1)).to_have_count(1)
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("navigation", name="Language")).to_have_count(1)
    await expect(page.get_by_role("group", name="How old are you?").get_by_role("radio")).to_have_count(4)
    await expect(page.get_by_label("Password", exact=True)).to_have_accessible_description(
        "At least 8 characters. Three or four words that do not belong together are easy to remember and hard to guess."
    )
