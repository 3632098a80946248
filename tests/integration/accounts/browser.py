"""A browser as far as the pages need one: it keeps cookies, and follows nothing by itself."""

import re
from dataclasses import dataclass, field

import pyotp
from httpx import AsyncClient, Response
from tests.integration.accounts.accounts_world import ADDRESS, FIREFOX, PASSWORD, AccountsWorld

ALWAYS = {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}


@dataclass
class Browser:
    """One person's; httpx would not send secure cookies to a server without TLS."""

    client: AsyncClient
    user_agent: str = FIREFOX
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Response:
        return self._keep(await self.client.get(path, headers=self._headers(headers)))

    async def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Response:
        """Sends a form from a page of ours."""
        sent = self._headers({"Sec-Fetch-Site": "same-origin", **headers})
        return self._keep(await self.client.post(path, data=form or {}, headers=sent))

    async def send(self, path: str, **form: str) -> Response:
        """Sends a form of a signed-in person's page."""
        return await self.post(path, {"form_token": await self.form_token(), **form})

    async def form_token(self) -> str:
        """As it stands in the pages."""
        page = await self.get("/sign-out?lang=en")
        found = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert found, "nobody is signed in"
        return found[1]

    async def sign_in(self, email: str = ADDRESS, password: str = PASSWORD, **other: str) -> Response:
        return await self.post("/sign-in?lang=en", {"email": email, "password": password, **other})

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"User-Agent": self.user_agent, **({"Cookie": cookies} if cookies else {}), **more}

    def _keep(self, answer: Response) -> Response:
        for name, (value, flags) in set_cookies(answer).items():
            if "Max-Age=0" in flags:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer


def set_cookies(answer: Response) -> dict[str, tuple[str, set[str]]]:
    """The cookies that an answer sets: each with its value and its flags."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        pair, *flags = header.split("; ")
        name, _, value = pair.partition("=")
        found[name] = (value, set(flags))
    return found


async def with_second_factor(world: AccountsWorld, browser: Browser) -> str:
    """Switches it on; the secret in the app."""
    await browser.sign_in()
    await browser.send("/account/second-factor?lang=en", password=PASSWORD)
    secret = await shown_secret(browser)
    await browser.send("/account/second-factor/setup?lang=en", code=next_code(world, secret))
    return secret


async def shown_secret(browser: Browser) -> str:
    """Of the app that is being set up, as the page shows it."""
    page = await browser.get("/account/second-factor/setup?lang=en")
    return page.text.split('<code class="secret">')[1].split("</code>")[0].replace(" ", "")


def next_code(world: AccountsWorld, secret: str) -> str:
    """What the app shows now; time has gone on since the last one."""
    world.clock.forward(seconds=30)
    return pyotp.TOTP(secret).at(world.clock.now)


async def reset_path(world: AccountsWorld) -> str:
    """Of the newest link that sets a password."""
    return f"/password/reset/{await world.reset_token()}"


async def confirmation_path(world: AccountsWorld) -> str:
    """Of the newest link that confirms an address."""
    return f"/email/confirm/{await world.confirmation_token()}"


def lifetimes(flags: dict[str, tuple[str, set[str]]]) -> dict[str, str | None]:
    """How long each cookie lasts; None: until the browser is closed. All are closed to scripts and to other sites."""
    found = {}
    for name, (_, given) in flags.items():
        assert given >= ALWAYS, name
        found[name] = next((flag.removeprefix("Max-Age=") for flag in given if flag.startswith("Max-Age=")), None)
        assert not any(flag.startswith("Domain") for flag in given), name
    return found
