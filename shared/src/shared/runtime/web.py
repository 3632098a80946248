"""Defaults of every HTTP API: problem details, a limit on the body, trace context, metrics."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, get_args

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline
from pydantic_core.core_schema import ErrorType
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.runtime.middleware import MAX_BODY, LimitedBody, Observed, route_of
from shared.runtime.postgres import FAULTS, unavailable
from shared.runtime.problems import NOT_JSON, FieldError, ProblemDetails, ProblemError, invalid, problem_of

log = structlog.get_logger()

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own, which variables of the environment could switch on, would tell paths and queries."""

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

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "string_pattern_mismatch": "wrong_format",
    "string_unicode": "bad_character",
    "string_type": "wrong_type",
    "int_": "wrong_type",
    "bool_": "wrong_type",
    "model_": "wrong_type",
    "dict_type": "wrong_type",
}
"""Pydantic's codes, by how they begin, as ours, which stay when Pydantic changes."""

_DETAILS = {
    "string_unicode": "Half of a character stands there alone; send whole characters",
    "model_": "Send an object with the fields",
    "dict_type": "Send an object with the fields",
}
"""Our words where Pydantic's speak of Python, by how its codes begin."""

PYDANTICS_CODES = frozenset(get_args(ErrorType))
"""A code that is none of these comes from a validator of ours and is told as it is."""


def create_app(*, title: str, version: str, description: str, max_body: int = MAX_BODY) -> FastAPI:
    """A FastAPI whose every error is a problem detail and whose bodies are limited.

    Its page of documentation at `/docs` loads nothing from elsewhere.
    """
    app = FastAPIOffline(title=title, version=version, description=description, redoc_url=None, telemetry=NO_TELEMETRY)
    # Starlette leads a path with a slash too much to one without, on the address that the request names: to plain http
    # behind a gateway, or to where a stranger's Host header says, with the token that the path holds.
    app.router.redirect_slashes = False
    app.add_middleware(Observed)
    app.add_middleware(LimitedBody, limit=max_body)
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
    log.error("unexpected_error", route=route_of(request.scope), error=type(error).__name__, exc_info=error)
    return problem_of(500).response()


def field_error(location: tuple[int | str, ...], kind: str, message: str) -> FieldError:
    """A fault of Pydantic's as a field error with a code of ours; the value is never told.

    `body` and the like are cut from the path.
    """
    path = location[1:] if location and location[0] in {"body", "query", "path", "header"} else location
    theirs = kind in PYDANTICS_CODES
    code = _of(_CODES, kind, "wrong_value") if theirs else kind
    detail = _of(_DETAILS, kind, message.removeprefix("Value error, "))
    return FieldError(field=".".join(map(str, path)) or "body", code=code, detail=detail)


def _of(words: Mapping[str, str], kind: str, otherwise: str) -> str:
    """Our word for a code of Pydantic's."""
    return next((ours for start, ours in words.items() if kind.startswith(start)), otherwise)
