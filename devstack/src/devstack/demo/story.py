"""The story: a person registers, activates the account by the link in a mail, signs in, and loses and gains sessions.

A guardian with a slip from school then links its login. It is played over the pages, the way a person goes, the linking
over the API; every step says what it saw. A step that does not hold raises `StoryError`.
"""

import ssl
from collections.abc import Callable

from devstack.demo.browser import PHONE, Browser, Forms, only_form
from devstack.demo.linking import Linking
from devstack.demo.person import Person, link_in
from devstack.demo.sessions import Sessions
from devstack.demo.slips import Slip
from devstack.demo.steps import Step, Teller, check


class Story:
    """Plays the story for one person.

    Args:
        elsewhere: a path of another service that tells who is signed in.
        slip: what the person has from school, if anything.
        trust: checks the certificate of a public address that has one.
    """

    def __init__(
        self,
        public_url: str,
        person: Person,
        on_step: Callable[[Step], None],
        *,
        elsewhere: str,
        slip: Slip | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._public_url = public_url
        self._teller = Teller(person.language, on_step)
        self._person = person
        self._elsewhere = elsewhere
        self._slip = slip
        self._trust = trust

    async def play(self) -> None:
        """Plays all steps. Raises StoryError at the first that does not hold."""
        language = self._person.language
        async with (
            Browser(self._public_url, language, trust=self._trust) as laptop,
            Browser(self._public_url, language, trust=self._trust, kind=PHONE) as phone,
        ):
            await self._register(laptop)
            await Sessions(self._teller, self._person, self._elsewhere).play(laptop, phone)
            if self._slip:
                await Linking(self._teller, self._person, self._slip).play(laptop)

    async def _register(self, browser: Browser) -> None:
        person, step = self._person, self._teller.step
        async with step("register") as saw:
            form = await browser.open(f"/register?lang={person.language}")
            data = {"email": person.address, "password": person.password, "age_bracket": "adult"}
            answer = await browser.send(form, "age_bracket", **data, language=person.language)
            check("/register/sent" in str(answer.url), f"the form led to {answer.url.path}")
            saw("look in your mailbox")
        async with step("activation mail with the terms") as saw:
            mail = await person.mail("activation")
            link = link_in(mail, "/activate")
            saw(mail.subject or "")
        async with step("link opened, nothing changed") as saw:
            pages = [await browser.open(link) for _ in range(3)]
            forms = [only_form(page, "terms_version") for page in pages]
            check(forms[0] == forms[1] == forms[2], "opening the link changed something")
            saw("the button is there each time")
        async with step("button pressed, account active") as saw:
            await browser.send(pages[0], "terms_version", password=person.password)
            again = Forms((await browser.open(link)).text).found
            check(not any("terms_version" in fields for _, fields in again), "the button is still there")
            saw("the link is used up")
        async with step("welcome mail") as saw:
            saw((await person.mail("welcome")).subject or "")
