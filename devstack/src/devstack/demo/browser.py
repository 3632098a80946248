"""A browser as far as the story needs one: cookies, redirects, forms. It runs no scripts."""

import ssl
from collections.abc import Mapping
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Self

import httpx

from devstack.demo.steps import check

LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


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


class _OneOrigin(httpx.AsyncHTTPTransport):
    """Keeps the cookies of one origin as browsers do, which take an address on this machine for a secure one."""

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        super().__init__(verify=trust or True, trust_env=False)
        self._cookies: dict[str, str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the cookies along and takes those that come back."""
        request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        response = await super().handle_async_request(request)
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self._cookies.pop(name, None)
                if morsel["max-age"] != "0":
                    self._cookies[name] = morsel.value
        return response


class Browser:
    """Somebody's browser at the portal. `trust` checks the certificate of a public address that has one."""

    def __init__(
        self, public_url: str, language: str, *, kind: str = LAPTOP, trust: ssl.SSLContext | None = None
    ) -> None:
        headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin", "User-Agent": kind}
        self._http = httpx.AsyncClient(
            base_url=public_url,
            headers={**headers, "Accept": "text/html"},
            transport=_OneOrigin(trust),
            follow_redirects=True,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def open(self, address: str) -> httpx.Response:
        """The page at an address or a path. Raises StoryError when there is none."""
        page = await self._http.get(address)
        check(page.is_success, f"{page.url.path} was answered {page.status_code}")
        return page

    async def fetch(self, path: str) -> httpx.Response:
        """What a program gets at a path, with the browser's cookies, whatever the status."""
        return await self._http.get(path, headers={"Accept": "application/json"})

    async def post(self, path: str, body: Mapping[str, str]) -> httpx.Response:
        """What a program gets that sends JSON to a path, with the browser's cookies, whatever the status."""
        return await self._http.post(path, json=body, headers={"Accept": "application/json"})

    async def send(self, page: httpx.Response, field: str, **values: str) -> httpx.Response:
        """Sends the page's one form that has `field`, filled in. Raises StoryError when it is refused."""
        action, given = only_form(page, field)
        answer = await self._http.post(action or str(page.url), data={**given, **values})
        check(answer.is_success, f"the form of {page.url.path} was answered {answer.status_code}")
        return answer


def only_form(page: httpx.Response, field: str) -> tuple[str, dict[str, str]]:
    """The form of the page that has `field`: where it goes, and its values. Raises StoryError unless there is one."""
    forms = [form for form in Forms(page.text).found if field in form[1]]
    check(len(forms) == 1, f"{page.url.path} has {len(forms)} forms with {field}")
    return forms[0]
