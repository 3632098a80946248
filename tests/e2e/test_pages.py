"""The pages of accounts in Chromium: without JavaScript, by keyboard alone, on a narrow phone, in each language."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect
from tests.integration.accounts.accounts_world import AccountsWorld, MovedClock
from tests.waiting import until

from accounts.bootstrap.api import build_app, open_doors
from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher
from devstack.ports import free_port
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys
from shared.runtime.health import Health
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import create_pool
from shared.runtime.process import serve
from shared.runtime.sealing import Sealer, Unsealer, generate_keys

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=390, height=844)
NARROWEST = ViewportSize(width=320, height=640)
LANGUAGES = ("pl", "en", "uk")
WORDS = {
    "pl": ("Załóż konto", "Sprawdź skrzynkę e-mail", "Aktywuj konto", "Twoje konto jest aktywne"),
    "en": ("Create an account", "Look in your mailbox", "Activate your account", "Your account is active"),
    "uk": ("Створіть обліковий запис", "Перевірте поштову скриньку", "Активуйте обліковий запис", None),
}
ADDRESS = "anna.nowak@example.org"


@dataclass
class Site:
    """The service behind a real address."""

    url: str
    world: AccountsWorld

    async def link(self) -> str:
        """The newest activation link."""
        token, _ = await self.world.tokens()
        return f"{self.url}/activate/{token}"

    async def state(self) -> str:
        account = await self.world.account(ADDRESS)
        assert account is not None
        return str(account["state"])


@pytest.fixture
async def site(database: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Site]:
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    generate_signing_keys(tmp_path / "access-keys.json")
    secret, clock, port = b"known to the tests alone, 32 bytes", MovedClock(), free_port()
    url = f"http://localhost:{port}"
    hasher = PasswordHasher(threads=2, queue_length=10)
    async with await create_pool(await database("accounts", packages=["accounts"]), size=4) as pool:
        sealer, keys = Sealer(tmp_path / "public.json"), SigningKeys(tmp_path / "access-keys.json")
        parts = Parts(pool, Idempotency(pool, secret), hasher, sealer, keys, clock, [secret])
        app = build_app(Health(waiting_for=None), origin=url)
        open_doors(app, parts)
        stop = asyncio.Event()
        serving = asyncio.ensure_future(serve(app, host="localhost", port=port)(stop))
        async with httpx.AsyncClient(base_url=url) as client:
            await until(lambda: _answers(client))
            yield Site(url, AccountsWorld(client, pool, parts, clock, Unsealer(tmp_path / "private.json")))
        stop.set()
        await serving
    hasher.close()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/livez")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A phone that runs no scripts."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context
    await context.close()


async def fill_in(page: Page) -> None:
    await page.locator("#email").fill(ADDRESS)
    await page.locator("#password").fill("cztery zielone rowery")
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

    link = await site.link()
    for _ in range(2):
        await page.goto(link)
        await expect(page.locator("h1")).to_have_text(activate)
    assert await site.state() == "pending"
    await page.locator("summary").click()
    await expect(page.locator(".terms")).to_be_visible()
    await page.locator("main button").click()
    assert page.url == f"{link}?lang={language}"
    if active:
        await expect(page.locator("h1")).to_have_text(active)
    assert await site.state() == "active"


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


async def test_the_keyboard_alone_is_enough_and_the_focus_can_always_be_seen(site: Site, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)
    await page.goto(f"{site.url}/register?lang=en")
    stops: list[str] = []

    async def tab_to(name: str) -> None:
        for _ in range(15):
            await page.keyboard.press("Tab")
            stop, ring = await page.evaluate(
                "() => { const at = document.activeElement, rings = [at, at.closest('.choice')].filter(Boolean)"
                ".map((one) => getComputedStyle(one)); return [at.id || at.textContent.trim(),"
                " rings.some((one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2)] }"
            )
            assert ring, f"no focus ring on {stop}"
            stops.append(stop)
            if stop == name:
                return
        raise AssertionError(f"{name} is not reached: {stops}")

    await tab_to("Skip to the content")
    await tab_to("email")
    await page.keyboard.type(ADDRESS)
    await tab_to("password")
    await page.keyboard.type("cztery zielone rowery")
    await tab_to("age_bracket")
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await tab_to("language")
    await tab_to("Read the terms of service")
    await page.keyboard.press("Enter")
    await expect(page.locator(".terms")).to_be_visible()
    await tab_to("Create the account")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Look in your mailbox")

    await page.goto(await site.link() + "?lang=en")
    await tab_to("Accept and activate")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Your account is active")
    account = await site.world.account(ADDRESS)
    assert account is not None
    assert account["age_bracket"] == "adult"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_narrowest_phone_needs_no_scrolling_aside_and_fingers_find_their_targets(
    site: Site, browser: Browser, language: str
) -> None:
    await site.world.register(ADDRESS)
    page = await browser.new_page(viewport=NARROWEST)
    paths = [
        "/register",
        "/register/sent",
        f"/activate/{(await site.world.tokens())[0]}",
        "/activate/wrong",
        "/terms",
        "/register/resend",
    ]
    for path in paths:
        await page.goto(f"{site.url}{path}?lang={language}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], path
        sizes = await page.evaluate(
            "() => [...document.querySelectorAll('main button, main .button, main input:not([type=hidden]), select,"
            " .choice, summary, nav a')].map((one) => (one.closest('.choice') ?? one).getBoundingClientRect())"
            ".map((box) => Math.min(box.width, box.height))"
        )
        assert all(size >= 44 for size in sizes), (path, sizes)


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


async def test_nothing_is_fetched_from_elsewhere_and_no_rule_of_the_policy_is_broken(
    site: Site, browser: Browser
) -> None:
    page = await browser.new_page()
    fetched, complaints = [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("/register", "/register/sent", "/activate/wrong", "/terms"):
        await page.goto(f"{site.url}{path}")
    assert all(address.startswith(site.url) for address in fetched)
    assert [complaint for complaint in complaints if "404" not in complaint] == []
