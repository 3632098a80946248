"""An account from its beginning to its end, in Chromium by keyboard alone, without scripts, on a phone."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect
from tests.e2e.accounts_site import Site
from tests.e2e.keyboard import Keyboard

pytestmark = pytest.mark.browser

ADDRESS = "anna.nowak@example.org"
PASSWORD = "cztery zielone rowery"
NEW_PASSWORD = "siedem cichych tramwajów"


class Person:
    """Somebody at the keyboard, in English."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.keyboard = Keyboard(page)

    async def open(self, path: str) -> None:
        address = path if path.startswith("http") else f"{self.site.url}{path}"
        await self.page.goto(f"{address}?lang=en")

    async def sees(self, heading: str) -> None:
        await expect(self.page.locator("h1")).to_have_text(heading)

    async def fill_in(self, button: str, **fields: str) -> None:
        for field, text in fields.items():
            await self.keyboard.write(field, text)
        await self.keyboard.follow(button)

    async def register(self) -> None:
        await self.open("/")
        await self.keyboard.follow("Create an account")
        await self.keyboard.write("email", ADDRESS)
        await self.keyboard.write("password", PASSWORD)
        await self.keyboard.tab_to("age_bracket")
        await self.page.keyboard.press("ArrowUp")
        await self.keyboard.follow("Create the account")
        await self.sees("Look in your mailbox")
        await self.open(await self.site.activation_link())
        await self.fill_in("Accept and activate", password=PASSWORD)
        await self.sees("Your account is active")
        self.site.world.clock.forward(hours=2)

    async def sign_in(self, password: str) -> None:
        await self.fill_in("Sign in", email=ADDRESS, password=password)

    async def forget_the_password(self) -> None:
        await self.keyboard.follow("Sign in again")
        await self.keyboard.follow("Forgotten your password?")
        await self.fill_in("Send me a link", email=ADDRESS)
        await self.sees("Look in your mailbox")
        await self.open(await self.site.reset_link())
        await self.fill_in("Set the password", new_password=NEW_PASSWORD)
        await expect(self.page.get_by_role("status")).to_have_text("Your new password is set. Sign in with it.")

    async def set_up_the_app(self) -> str:
        """The secret in the app."""
        await self.keyboard.follow("Account")
        await self.keyboard.follow("Switch it on")
        await self.fill_in("Set up the app", password=NEW_PASSWORD)
        secret = await self.page.locator(".secret").inner_text()
        await self.fill_in("Switch it on", code=self.site.code(secret))
        await self.sees("Your recovery codes")
        await expect(self.page.locator(".codes li")).to_have_count(10)
        return secret


async def test_the_whole_life_of_an_account(site: Site, phone: BrowserContext) -> None:
    anna = Person(site, await phone.new_page())
    await anna.register()

    await anna.keyboard.follow("Sign in")
    await anna.sign_in(PASSWORD)
    await anna.sees("You are signed in")
    await anna.keyboard.follow("Where you are signed in")
    await anna.sees("Where you are signed in")
    await expect(anna.page.locator(".things > li")).to_have_count(1)
    await expect(anna.page.locator(".things")).to_contain_text("This device")
    await anna.keyboard.follow("Sign out")
    await anna.sees("You are signed out")

    await anna.forget_the_password()
    await anna.sign_in(NEW_PASSWORD)
    secret = await anna.set_up_the_app()
    recovery_code = await anna.page.locator(".codes li").first.inner_text()
    await anna.keyboard.follow("Sign out")
    await anna.keyboard.follow("Sign in again")
    await anna.sign_in(NEW_PASSWORD)
    await anna.sees("Enter the code")
    await anna.page.keyboard.type(recovery_code)  # the field has the focus already
    await anna.page.keyboard.press("Enter")
    await anna.sees("You are signed in")

    await anna.keyboard.follow("Your account")
    await anna.keyboard.follow("What that means")
    await anna.fill_in("Delete the account", password=NEW_PASSWORD, code=site.code(secret))
    await anna.sees("Your account will be deleted")
    await anna.keyboard.follow("Keep the account")
    await expect(anna.page.get_by_role("status")).to_have_text("Your account is kept.")
    assert await site.world.happened() == [
        "AccountRegistered",
        "AccountActivated",
        "SessionRevoked",
        "PasswordResetRequested",
        "PasswordChanged",
        "SecondFactorChanged",
        "SessionRevoked",
        "AccountDeletionRequested",
        "AccountDeletionCancelled",
    ]


async def test_a_form_survives_an_access_token_that_ran_out_while_it_was_filled_in(
    site: Site, phone: BrowserContext
) -> None:
    await site.world.active_account()
    anna = Person(site, await phone.new_page())
    await anna.open("/sign-in")
    await anna.sign_in(PASSWORD)
    await anna.open("/account/password")
    for field, text in {"password": PASSWORD, "new_password": NEW_PASSWORD}.items():
        await anna.keyboard.write(field, text)
    site.world.clock.forward(hours=1)
    await anna.keyboard.follow("Change the password")

    await expect(anna.page).to_have_url(re.compile("/account\\?lang=en&done=password$"))
    assert "PasswordChanged" in await site.world.happened()


async def test_somebody_whose_session_ended_comes_back_to_the_page_after_signing_in(
    site: Site, phone: BrowserContext
) -> None:
    await site.world.active_account()
    anna = Person(site, await phone.new_page())
    await anna.open("/account/email")
    await anna.sees("Sign in")
    await anna.page.get_by_role("link", name="Українська").press("Enter")
    await anna.page.get_by_role("link", name="English").press("Enter")
    await anna.sign_in(PASSWORD)
    await anna.sees("Change the address")
    assert anna.page.url.startswith(f"{site.url}/account/email")
