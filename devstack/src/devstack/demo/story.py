"""The story: a person registers, the mail comes, the button behind its link activates the account, welcome.

It is played over the pages, the way a person goes, and every step says what it saw. A step that does not hold raises
`StoryError`.
"""

import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx
from faker import Faker

from devstack.inbox.arrivals import Arrivals, MailNotArrivedError
from devstack.inbox.mail import Mail

MAIL_SECONDS = 30
LANGUAGES = {"pl": "in Polish", "uk": "in Ukrainian"}


class StoryError(Exception):
    """A step did not hold; the message says what was seen instead."""


@dataclass(frozen=True)
class Step:
    """One step that held: what happened, what was seen, and the seconds that it took."""

    language: str
    name: str
    seen: str
    seconds: float


class Forms(HTMLParser):
    """The forms of a page: action and named values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a form and the fields in it."""
        values = dict(attrs)
        if tag == "form":
            self.found.append((values.get("action") or "", {}))
        elif tag in {"input", "button"} and self.found and (name := values.get("name")):
            self.found[-1][1].setdefault(name, values.get("value") or "")


class Story:
    """Plays the story for one person. `trust` checks the certificate of a public address that has one."""

    def __init__(
        self,
        public_url: str,
        inbox: Arrivals,
        language: str,
        on_step: Callable[[Step], None],
        *,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._public_url = public_url
        self._inbox = inbox
        self._language = language
        self._on_step = on_step
        self._trust = trust
        invented = Faker("pl_PL")
        self._address = f"{invented.user_name()}+{invented.random_number(4, fix_len=True)}@rodzina.example.org"
        self._password = invented.password(length=16)

    async def play(self) -> None:
        """Plays all steps. Raises StoryError at the first that does not hold."""
        headers = {"Accept-Language": self._language, "Sec-Fetch-Site": "same-origin"}
        async with httpx.AsyncClient(
            base_url=self._public_url, headers=headers, trust_env=False, verify=self._trust or True
        ) as browser:
            browser.follow_redirects = True
            async with self._step("register") as saw:
                saw(await self._register(browser))
            async with self._step("activation mail with the terms") as saw:
                mail, link = await self._activation_mail()
                saw(mail.subject or "")
            async with self._step("link opened, nothing changed") as saw:
                form = await self._open(browser, link)
                saw("the button is there each time")
            async with self._step("button pressed, account active") as saw:
                saw(await self._press(browser, link, form))
            async with self._step("welcome mail") as saw:
                saw((await self._mail("welcome")).subject or "")

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[Callable[[str], None]]:
        seen: list[str] = []
        started = time.perf_counter()
        yield seen.append
        self._on_step(Step(self._language, name, " ".join(seen), time.perf_counter() - started))

    async def _register(self, browser: httpx.AsyncClient) -> str:
        page = await browser.get("/register", params={"lang": self._language})
        action, values = _only_form(page, "password")
        filled = {
            **values,
            "email": self._address,
            "password": self._password,
            "age_bracket": "adult",
            "language": self._language,
        }
        answer = await browser.post(action or str(page.url), data=filled)
        _check(answer.is_success and "/register/sent" in str(answer.url), f"the form was answered {answer.status_code}")
        return "look in your mailbox"

    async def _activation_mail(self) -> tuple[Mail, str]:
        mail = await self._mail("activation")
        links = [link for link in mail.links if re.search(r"/activate/[\w-]{43}", link)]
        _check(bool(links), "there is no activation link in the mail")
        _check(mail.text is not None and mail.html is not None, "the mail is not both text and HTML")
        _check(f'lang="{self._language}"' in (mail.html or ""), f"the mail is not in {self._language}")
        return mail, links[0]

    async def _open(self, browser: httpx.AsyncClient, link: str) -> tuple[str, dict[str, str]]:
        pages = [await browser.get(link) for _ in range(3)]
        forms = [_only_form(page, "terms_version") for page in pages]
        _check(forms[0] == forms[1] == forms[2], "opening the link changed something")
        return forms[0]

    async def _press(self, browser: httpx.AsyncClient, link: str, form: tuple[str, dict[str, str]]) -> str:
        action, values = form
        answer = await browser.post(action or link, data={**values, "password": self._password})
        _check(answer.is_success, f"the button was answered {answer.status_code}")
        again = await browser.get(link)
        _check(not any("terms_version" in fields for _, fields in Forms(again.text).found), "the button is still there")
        return "the link is used up"

    async def _mail(self, kind: str) -> Mail:
        try:
            return await self._inbox.wait_for(self._address, kind=kind, timeout=MAIL_SECONDS)
        except MailNotArrivedError as error:
            raise StoryError(str(error)) from None


def _only_form(page: httpx.Response, field: str) -> tuple[str, dict[str, str]]:
    """The form of the page that has `field`."""
    _check(page.is_success, f"{page.url.path} was answered {page.status_code}")
    forms = [form for form in Forms(page.text).found if field in form[1]]
    _check(len(forms) == 1, f"{page.url.path} has {len(forms)} forms with {field}")
    return forms[0]


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StoryError(otherwise)
