"""Signing in: a second device is told of, signing out everywhere and a new password end what was signed in."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from devstack.demo.browser import Browser, Forms
from devstack.demo.person import Person, link_in
from devstack.demo.steps import Teller, check

PATIENCE = 10.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Sessions:
    """The chapter of one person. `elsewhere` is a path of another service that tells who is signed in."""

    teller: Teller
    person: Person
    elsewhere: str

    async def play(self, laptop: Browser, phone: Browser) -> None:
        """Plays the steps. Raises StoryError at the first that does not hold."""
        step = self.teller.step
        async with step("sign in") as saw:
            saw(await self._sign_in(laptop))
        async with step("sign in on a second device, mail") as saw:
            await self._sign_in(phone)
            saw((await self.person.mail("new_sign_in")).subject or "")
        async with step("list of sessions") as saw:
            saw(f"{await self._count(laptop)} sessions")
        async with step("sign out everywhere") as saw:
            await laptop.send(await laptop.open("/sessions"), "everywhere")
            saw(await self._refused(phone))
        async with step("forgotten password, mail") as saw:
            await self._sign_in(phone)
            saw(await self._ask_for_reset(laptop))
        async with step("new password, the old session ends") as saw:
            saw(await self._reset(laptop, phone))

    async def _sign_in(self, browser: Browser) -> str:
        form = await browser.open("/sign-in")
        await browser.send(form, "password", email=self.person.address, password=self.person.password)
        check((await browser.fetch("/api/v1/me")).is_success, "accounts does not know who signed in")
        check((await browser.fetch(self.elsewhere)).is_success, f"{self.elsewhere} does not know who signed in")
        return "known to accounts and to another service"

    async def _count(self, browser: Browser) -> int:
        page = await browser.open("/sessions")
        count = sum("session_id" in fields for _, fields in Forms(page.text).found)
        check(count == 2, f"{count} sessions are listed, not two")  # noqa: PLR2004 - a laptop and a phone
        return count

    async def _ask_for_reset(self, browser: Browser) -> str:
        form = await browser.open("/password/forgotten")
        await browser.send(form, "email", email=self.person.address)
        return (await self.person.mail("password_reset")).subject or ""

    async def _reset(self, laptop: Browser, phone: Browser) -> str:
        link = link_in(await self.person.mail("password_reset"), "/password/reset")
        form = await laptop.open(link)
        self.person.password = f"{self.person.password}-new"
        await laptop.send(form, "new_password", new_password=self.person.password)
        refused = await self._refused(phone)
        await self._sign_in(laptop)
        return refused

    async def _refused(self, browser: Browser) -> str:
        """Within how many seconds the browser's session is refused, by accounts and by the other service."""
        accounts = await _seconds_until_refused(lambda: browser.fetch("/api/v1/me"))
        elsewhere = await _seconds_until_refused(lambda: browser.fetch(self.elsewhere))
        check(elsewhere < PATIENCE, f"{self.elsewhere} still lets the old session in after {PATIENCE:.0f} s")
        return f"refused by accounts after {accounts:.2f} s, elsewhere after {accounts + elsewhere:.2f} s"


async def _seconds_until_refused(ask: Callable[[], Awaitable[httpx.Response]]) -> float:
    started = time.perf_counter()
    while True:
        answer = await ask()
        seconds = time.perf_counter() - started
        if not answer.is_success or seconds > PATIENCE:
            return seconds
        await asyncio.sleep(POLL_SECONDS)
