"""A walk through every page of accounts, also those that only a form leads to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Page
from tests.e2e.accounts_site import Site
from tests.integration.accounts.logins.teacher import CLASS, SCHOOL, give_her_the_office, teachers_slip

from accounts.handlers.handing_out import Slip

PASSWORD = "cztery zielone rowery"
OTHER_PASSWORD = "siedem cichych tramwajów"


@dataclass
class Walk:
    """One browser that walks, in one language. Each stop is told by a name of its own."""

    site: Site
    page: Page
    language: str
    email: str = "anna.nowak@example.org"

    async def stops(self) -> AsyncIterator[str]:
        """All of them."""
        for part in (
            self._registration,
            self._signed_out,
            self._forgotten,
            self._account,
            self._linking,
            self._second_factor,
        ):
            async for stop in part():
                yield stop
        async for stop in self._ends():
            yield stop

    async def open(self, path: str) -> str:
        """Shows a page."""
        address = path if path.startswith("http") else f"{self.site.url}{path}"
        await self.page.goto(f"{address}{'&' if '?' in path else '?'}lang={self.language}")
        return path

    async def send(self, **fields: str) -> None:
        """Fills in the form of the page, sends it, and waits until the whole answer is there to be looked at."""
        for name, value in fields.items():
            await self.page.locator(f"#{name}").fill(value)
        async with self.page.expect_event("load"):
            await self.page.locator("main form button").first.click()

    async def sign_in(self, **other: str) -> None:
        """Up to the code."""
        await self.open("/sign-in")
        await self.send(email=self.email, password=PASSWORD, **other)

    async def _registration(self) -> AsyncIterator[str]:
        world = self.site.world
        yield await self.open("/register")
        await self.send(email="anna@", password="iloveyou")
        yield "/register, wrong"
        for path in ("/register/sent", "/register/sent-again", "/register/resend"):
            yield await self.open(path)
        await world.register(self.email, language=self.language)
        link = await self.site.activation_link()
        await self.open(link)
        yield "/activate"
        await world.activate(link.rpartition("/")[2])
        await self.open(link)
        yield "/activate, done"
        yield await self.open("/activate/wrong")
        world.clock.forward(hours=2)

    async def _signed_out(self) -> AsyncIterator[str]:
        for path in (
            "/",
            "/terms",
            "/sign-in",
            "/sign-in?done=password",
            "/sign-in?done=late",
            "/sign-out",
            "/nothing",
        ):
            yield await self.open(path)
        await self.open("/sign-in")
        await self.send(email=self.email, password="not the password")
        yield "/sign-in, wrong"

    async def _forgotten(self) -> AsyncIterator[str]:
        yield await self.open("/password/forgotten")
        await self.send(email=self.email)
        yield "/password/forgotten/sent"
        link = await self.site.reset_link()
        await self.open(link)
        yield "/password/reset"
        await self.send(new_password="short")
        yield "/password/reset, wrong"
        self.site.world.clock.forward(hours=1)
        await self.open(link)
        yield "/password/reset, run out"
        yield await self.open("/password/reset/wrong")

    async def _account(self) -> AsyncIterator[str]:
        await self.sign_in()
        for path in ("/", "/sessions", "/sessions?done=ended", "/account", "/account/email", "/account/password"):
            yield await self.open(path)
        await self.send(password="not the password", new_password="short")
        yield "/account/password, wrong"
        await self.open("/account/email")
        await self.send(email="anna.kowalska@example.org", password=PASSWORD)
        yield "/account, another address waits"
        yield await self.open("/account/email")
        link = await self.site.confirmation_link()
        await self.open(link)
        yield "/email/confirm"
        yield await self.open("/email/confirm/wrong")
        yield await self.open("/sign-out")
        yield await self.open("/account/deletion")
        yield await self.open("/account/export")

    async def _second_factor(self) -> AsyncIterator[str]:
        yield await self.open("/account/second-factor")
        await self.send(password=PASSWORD)
        yield "/account/second-factor/setup"
        secret = await self.page.locator(".secret").inner_text()
        await self.send(code="000000")
        yield "/account/second-factor/setup, wrong"
        await self.send(code=self.site.code(secret))
        yield "/account/second-factor/setup, recovery codes"
        yield await self.open("/account/second-factor")
        await self.page.context.clear_cookies()
        await self.sign_in()
        yield "/sign-in/code"
        await self.send(code="000000")
        yield "/sign-in/code, wrong"
        await self.send(code=self.site.code(secret))
        await self.open("/account/deletion")
        await self.send(password=PASSWORD, code=self.site.code(secret))
        yield "/account/deletion, asked for"
        yield await self.open("/account?done=kept")
        await self.open("/password/forgotten")
        await self.send(email=self.email)
        await self.open(await self.site.reset_link())
        yield "/password/reset, keeps the account"

    async def _linking(self) -> AsyncIterator[str]:
        slip = await teachers_slip(self.site.world)
        for path in ("/account/logins", "/account/logins/new"):
            yield await self.open(path)
        await self.send(login=slip.login, password="not the password")
        yield "/account/logins/new, wrong"
        await self.send(login=slip.login, password=slip.password)
        yield "/account/logins/password"
        await self.send(new_password="12345678")
        yield "/account/logins/password, wrong"
        async for stop in self._school_login(slip):
            yield stop
        await self._sign_in_anew()
        await self.open("/account/logins/new")
        await self.send(login=slip.login, password=PASSWORD)
        yield "/account/logins, linked"
        await self._sign_in_anew(slip.login)
        await self.open("/")
        yield "/, linked"
        await self._sign_in_anew()

    async def _school_login(self, slip: Slip) -> AsyncIterator[str]:
        await self._sign_in_anew(slip.login, slip.password)
        yield "/sign-in/first-password"
        await self.send(new_password="12345678")
        yield "/sign-in/first-password, wrong"
        await self.send(new_password=OTHER_PASSWORD)
        await give_her_the_office(self.site.world)
        school, class_ = f"/office/schools/{SCHOOL}", f"/office/classes/{CLASS}"
        for path in ("/", "/office", school, f"{school}/staff", class_, f"{class_}?done=none"):
            yield await self.open(path)
        for path in ("/sessions", "/school-login/password", "/account"):
            yield await self.open(path)
        await self.open("/school-login/password")
        await self.send(password="not the password", new_password="short")
        yield "/school-login/password, wrong"
        await self.send(password=OTHER_PASSWORD, new_password=PASSWORD)
        yield "/, another password"

    async def _sign_in_anew(self, name: str | None = None, password: str = PASSWORD) -> None:
        await self.page.context.clear_cookies()
        await self.open("/sign-in")
        await self.send(email=name or self.email, password=password)

    async def _ends(self) -> AsyncIterator[str]:
        await self.page.context.clear_cookies()
        for _ in range(6):
            await self.open("/sign-in")
            await self.send(email="nobody@example.org", password="not the password")
        yield "/sign-in, too often"
