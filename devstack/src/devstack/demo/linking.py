"""A guardian links the school login of the slip, sees the child and the school, and is told by mail."""

from dataclasses import dataclass
from typing import Any

from devstack.demo.browser import Browser
from devstack.demo.person import Person
from devstack.demo.slips import Slip
from devstack.demo.steps import Teller, check

PAGE = "/account/logins"
"""Where somebody who is signed in sees children, schools and linked logins."""

CREATED = 201


@dataclass(frozen=True)
class Linking:
    """The chapter of one person, who is signed in and holds a slip."""

    teller: Teller
    person: Person
    slip: Slip

    async def play(self, browser: Browser) -> None:
        """Plays the steps. Raises StoryError at the first that does not hold."""
        step = self.teller.step
        async with step("school login linked, new password") as saw:
            pupil = await self._link(browser)
            saw(f"{self.slip.person}, guardian of {pupil}")
        async with step("my children and schools") as saw:
            saw(await self._children(browser, pupil))
        async with step("mail about the linked login") as saw:
            saw((await self.person.mail("login_linked")).subject or "")

    async def _link(self, browser: Browser) -> str:
        """The pupil of the login that is linked now."""
        proof = {"login": self.slip.login, "password": self.slip.password}
        answer = await browser.post("/api/v1/me/logins", {**proof, "new_password": f"{self.person.password}-school"})
        check(answer.status_code == CREATED, f"linking was answered {answer.status_code}")
        link: dict[str, Any] = answer.json()
        check(link["person"] == self.slip.person, f"the login is not that of {self.slip.person}")
        return str(link["pupil"])

    async def _children(self, browser: Browser, pupil: str) -> str:
        """Each child with its classes and school, as the API tells them; the page has to show the pupil as well."""
        places = (await browser.fetch("/api/v1/me/schools")).json()["places"]
        children = {f"{child['given_name']} {child['family_name']}": child for child in places}
        check(pupil in children, f"{pupil} is not among the children: {', '.join(children) or 'there are none'}")
        check(pupil in (await browser.open(PAGE)).text, f"{PAGE} does not show {pupil}")
        return "; ".join(f"{name}, {' '.join(of['classes'])}, {of['school']}" for name, of in children.items())
