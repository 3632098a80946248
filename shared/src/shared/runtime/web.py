"""Defaults of every HTTP API: problem details, a limit on the body, trace context, metrics."""

import re
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, get_args

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from prometheus_client import Histogram
from pydantic_core.core_schema import ErrorType
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.events import traceparent
from shared.runtime.postgres import FAULTS, unavailable
from shared.runtime.problems import FieldError, ProblemDetails, ProblemError, invalid, problem_of

log = structlog.get_logger()

MAX_BODY = 64 * 1024
"""Bytes in a request's body, unless a service says otherwise."""

TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context, version 00; anything else is not passed on, as it could be anything."""

REQUESTS = Histogram("dzwonek_http_seconds", "Seconds to answer a request", ["method", "route", "status"])

PROBLEM_RESPONSES: dict[int | str, dict[str, object]] = {
    status: {"model": ProblemDetails, "description": text}
    for status, text in {
        400: "The body is no JSON",
        413: "The body is too large",
        422: "A field is wrong",
        503: "Too busy; try again after Retry-After seconds",
    }.items()
}
"""What any operation with a body may answer, for its OpenAPI document."""

NOT_JSON = ProblemError(400, "not_json", "The body is no JSON", detail="Send JSON as application/json, in UTF-8")
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "string_pattern_mismatch": "wrong_format",
    "string_type": "wrong_type",
    "int_": "wrong_type",
    "bool_": "wrong_type",
    "model_": "wrong_type",
    "dict_type": "wrong_type",
}
"""Pydantic's codes, by how they begin, as ours, which stay when Pydantic changes."""

PYDANTICS_CODES = frozenset(get_args(ErrorType))
"""A code that is none of these comes from a validator of ours and is told as it is."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(*, title: str, version: str, description: str, lifespan: Lifespan, max_body: int = MAX_BODY) -> FastAPI:
    """A FastAPI whose every error is a problem detail and whose bodies are limited.

    Its page of documentation at `/docs` loads nothing from elsewhere.
    """
    app = FastAPIOffline(title=title, version=version, description=description, lifespan=lifespan, redoc_url=None)
    app.add_middleware(_Observed)
    app.add_middleware(_LimitedBody, limit=max_body)
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_unexpected)
    for error in FAULTS:
        app.add_exception_handler(error, _on_unexpected)
    return app


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - narrows what Starlette passes
    return error.response()


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.BAD_REQUEST:  # FastAPI could not read the body at all
        return NOT_JSON.response()
    return problem_of(error.status_code).response(error.headers)


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = error.errors()
    if any(_is_no_json(fault) for fault in faults):
        return NOT_JSON.response()
    return invalid([field_error(fault["loc"], fault["type"], fault["msg"]) for fault in faults]).response()


def _is_no_json(fault: dict[str, Any]) -> bool:
    """Whether there was no JSON to look into: broken, empty, or sent as something else."""
    if fault["type"] == "json_invalid":
        return True
    return fault["loc"] == ("body",) and (fault["type"] == "missing" or isinstance(fault["input"], bytes))


async def _on_unexpected(request: Request, error: Exception) -> Response:
    if unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return ProblemError(503, "unavailable", "Not available right now", retry_after=5).response()
    log.error("unexpected_error", route=_route(request.scope), error=type(error).__name__, exc_info=error)
    return problem_of(500).response()


def field_error(location: tuple[int | str, ...], kind: str, message: str) -> FieldError:
    """A fault of Pydantic's as a field error with a code of ours; the value is never told.

    `body` and the like are cut from the path.
    """
    path = location[1:] if location and location[0] in {"body", "query", "path", "header"} else location
    theirs = kind in PYDANTICS_CODES
    code = next((ours for start, ours in _CODES.items() if kind.startswith(start)), "wrong_value") if theirs else kind
    return FieldError(field=".".join(map(str, path)) or "body", code=code, detail=message.removeprefix("Value error, "))


class _LimitedBody:
    """Answers 413 to a body over the limit, whether its length is told or not."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(receive)
        except _TooLarge:
            problem = ProblemError(413, "too_large", "The body is too large", detail=f"At most {self._limit} bytes")
            await problem.response({"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _body(self, receive: Receive) -> list[Message]:
        """The whole body, at most `limit` bytes: read before the handler, so that no handler sees half of it."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self._limit:
                raise _TooLarge
            if message["type"] != "http.request" or not message.get("more_body"):
                return messages


class _TooLarge(Exception):  # noqa: N818
    pass


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replayed() -> Message:
        return next(waiting, None) or await receive()

    return replayed


class _Observed:
    """Times each request by its route, never by its path, which may hold a secret; takes up the trace context."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = dict(scope["headers"]).get(b"traceparent")
        token = traceparent.set(parent.decode() if parent and TRACEPARENT.fullmatch(parent) else None)
        try:
            await self._app(scope, receive, observed)
        finally:
            traceparent.reset(token)
            REQUESTS.labels(scope["method"], _route(scope), status).observe(time.perf_counter() - started)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unknown")
