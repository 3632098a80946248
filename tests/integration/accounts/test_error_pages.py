"""Errors outside the API: pages for browsers in their language, problem details for programs."""

import dataclasses

import pytest
from httpx import Response
from tests.integration.accounts.accounts_world import AccountsWorld, client_of

from accounts.handlers.parts import Parts
from shared.runtime.pages.error_pages import prefers_pages

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "uk"}


def is_page(answer: Response) -> bool:
    return answer.headers["content-type"].startswith("text/html") and "<h1>" in answer.text


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER["Accept"], True),
        ("text/html", True),
        ("TEXT/HTML;level=1;q=0.9, application/json;q=0.5", True),
        ("", False),
        ("*/*", False),
        ("application/json, text/html;q=0.9", False),
        ("application/problem+json, text/html", False),
        ("text/html;q=0", False),
        ("text/html;q=x,,;;=", True),
    ],
)
def test_a_page_goes_to_those_who_like_it_better(accept: str, page: bool) -> None:
    assert prefers_pages(accept) is page


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/activate", 404),
        ("GET", "/static/nothing.css", 404),
        ("DELETE", "/register", 405),
        ("POST", "/register", 413),
    ],
)
async def test_a_browser_is_shown_a_page_and_a_program_problem_details(
    world: AccountsWorld, method: str, path: str, status: int
) -> None:
    body = b"x" * 100_000 if status == 413 else b""
    shown = await world.client.request(method, path, content=body, headers=BROWSER)
    told = await world.client.request(method, path, content=body)

    assert (shown.status_code, told.status_code) == (status, status)
    assert is_page(shown)
    assert shown.headers["content-language"] == "uk"
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    assert shown.headers.get("allow") == told.headers.get("allow")
    assert told.headers["content-type"] == "application/problem+json"


async def test_the_paths_of_programs_never_answer_with_pages(world: AccountsWorld) -> None:
    for path in ("/api/v1/nothing", "/api", "/api/v1/registrations", "/livez/nothing"):
        answer = await world.client.get(path, headers=BROWSER)
        assert answer.status_code in {404, 405}
        assert answer.headers["content-type"] == "application/problem+json", path


async def test_an_unexpected_error_is_a_page_that_tells_nothing_of_it(parts: Parts) -> None:
    def broken_clock() -> None:
        raise RuntimeError("secret of the inside")

    broken = dataclasses.replace(parts, clock=broken_clock)  # type: ignore[arg-type]
    async with client_of(broken) as client:
        answer = await client.get("/activate/wrong?lang=en", headers=BROWSER)

    assert answer.status_code == 500
    assert is_page(answer)
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text


async def test_looking_with_head_is_like_looking_with_get_and_changes_nothing(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    before = [await world.rows(table) for table in ("accounts", "tokens", "outbox")]
    for path in (
        "/",
        "/register",
        "/register/sent",
        f"/activate/{token}",
        "/activate/wrong",
        "/terms",
        "/terms/2001-01-01",
    ):
        looked = await world.client.head(path)
        got = await world.client.get(path)
        assert looked.status_code == got.status_code, path
        assert looked.headers == got.headers, path

    assert [await world.rows(table) for table in ("accounts", "tokens", "outbox")] == before
