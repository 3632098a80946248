"""Every error of an API is a problem detail that names the field and repeats nothing secret."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.events import traceparent
from shared.runtime.problems import MEDIA_TYPE, ProblemError
from shared.runtime.web import create_app


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str = Field(min_length=8)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(title="example", version="1", description="", max_body=1000)

    @app.post("/echo")
    async def echo(body: Body) -> dict[str, str | None]:
        return {"length": str(len(body.password)), "traceparent": traceparent.get()}

    @app.get("/teapot")
    async def teapot() -> None:
        raise ProblemError(418, "teapot", "No coffee here", retry_after=7)

    @app.get("/away")
    async def away() -> None:
        raise asyncpg.CannotConnectNowError("starting")

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("anna@example.org")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
        yield client


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"no json", 400, "not_json", None),
        (b'{"password": "\\ud800\\ud800"}', 422, "invalid_request", "password"),
        (b"{}", 422, "invalid_request", "password"),
        (b'{"password": "krotkie"}', 422, "invalid_request", "password"),
        (b'{"password": "tajnehaslo", "role": "head"}', 422, "invalid_request", "role"),
        (b'{"password": 12345678}', 422, "invalid_request", "password"),
        (b'["tajnehaslo"]', 422, "invalid_request", "body"),
        ('{"password": "tajnehaslo"}'.encode("utf-16"), 400, "not_json", None),
        ('{"password": "tajnehaslo"}'.encode("utf-16-le"), 400, "not_json", None),
        ('{"password": "tajnehaslo"}'.encode("utf-32-be"), 400, "not_json", None),
        (b'{"password": "' + b"a" * 2000 + b'"}', 413, "too_large", None),
    ],
)
async def test_a_bad_body_is_answered_with_the_field(
    body: bytes, status: int, code: str, field: str | None, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/echo", content=body, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    assert "krotkie" not in answer.text
    assert "12345678" not in answer.text


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (b"[]", "wrong_type", "Send an object with the fields"),
        (b"7", "wrong_type", "Send an object with the fields"),
        (b'{"password": "\\ud800 tajne"}', "bad_character", "Half of a character"),
    ],
)
async def test_no_word_of_pythons_is_in_an_answer(
    body: bytes, code: str, detail: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/echo", content=body, headers={"Content-Type": "application/json"})
    [error] = answer.json()["errors"]
    assert error["code"] == code
    assert error["detail"].startswith(detail)
    assert "dictionary" not in answer.text
    assert "Body" not in answer.text


async def test_letters_beyond_ascii_are_taken_in_utf_8_with_or_without_its_mark(client: httpx.AsyncClient) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        body = '{"password": "zażółć gęślą 🔔"}'.encode(encoding)
        answer = await client.post("/echo", content=body, headers={"Content-Type": "application/json"})
        assert answer.json()["length"] == "14", encoding


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {}])
async def test_json_sent_as_something_else_and_no_body_are_no_json(
    headers: dict[str, str], client: httpx.AsyncClient
) -> None:
    for content in (b'{"password": "tajnehaslo"}', b"", b"\xff\xfe"):
        answer = await client.post("/echo", content=content, headers=headers)
        if content.startswith(b"{") and not headers:
            continue  # FastAPI takes a body without a type for JSON
        assert (answer.status_code, answer.json()["code"]) == (400, "not_json"), content


async def test_a_body_without_a_length_is_limited_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    answer = await client.post("/echo", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "not_found"),
        ("/echo", 405, "method_not_allowed"),
        ("/teapot", 418, "teapot"),
        ("/away", 503, "unavailable"),
        ("/broken", 500, "internal_server_error"),
    ],
)
async def test_every_error_is_a_problem_detail(path: str, status: int, code: str, client: httpx.AsyncClient) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "anna" not in answer.text


async def test_a_busy_answer_says_when_to_try_again(client: httpx.AsyncClient) -> None:
    assert (await client.get("/teapot")).headers["retry-after"] == "7"
    assert (await client.get("/away")).headers["retry-after"] == "5"


@pytest.mark.parametrize("forged", ["anna@example.org", "00-" + "0" * 32 + "-" + "0" * 16 + "-01 anna", "ff-x"])
async def test_what_is_no_trace_context_is_not_passed_on(forged: str, client: httpx.AsyncClient) -> None:
    answer = await client.post("/echo", json={"password": "tajnehaslo"}, headers={"traceparent": forged})
    assert answer.json()["traceparent"] is None


async def test_the_trace_context_is_taken_up(client: httpx.AsyncClient) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await client.post("/echo", json={"password": "tajnehaslo"}, headers={"traceparent": parent})
    assert answer.json()["traceparent"] == parent
    assert (await client.post("/echo", json={"password": "tajnehaslo"})).json()["traceparent"] is None
