"""The API's OpenAPI 3.1 document: committed as docs/openapi-accounts.json."""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.second_factor import NotSetUp
from accounts.handlers.sessions import NoSuchSession, SessionGone
from accounts.handlers.signing_in import SignInRefused
from accounts.http.problems import problem_for
from accounts.passwords import HashingBusy
from shared.runtime.problems import MEDIA_TYPE, FieldError, ProblemError, invalid

_WRONG_FIELDS = [
    FieldError(field="password", code="password_common", detail="Many people use this password"),
    FieldError(field="age_bracket", code="missing", detail="Field required"),
]
_EXAMPLES: dict[str, Sequence[ProblemError]] = {
    "400": [ProblemError(400, "not_json", "The body is no JSON")],
    "401": [problem_for(SessionGone())],
    "403": [ProblemError(403, "cross_site", "The form came from another site")],
    "404": [problem_for(NoSuchSession())],
    "409": [problem_for(NotSetUp())],
    "410": [problem_for(LinkRefused(fault)) for fault in (TokenFault.REVOKED, TokenFault.EXPIRED)],
    "413": [ProblemError(413, "too_large", "The body is too large")],
    "422": [invalid(_WRONG_FIELDS)],
    "429": [problem_for(TooManyAttempts(900))],
    "503": [problem_for(HashingBusy(3))],
}
_LINK_EXAMPLES: dict[str, Sequence[ProblemError]] = {
    "409": [problem_for(LinkRefused(TokenFault.USED))],
    "422": [problem_for(LinkRefused(fault)) for fault in (TokenFault.UNKNOWN, TokenFault.OTHER_PURPOSE)],
}
_SIGN_IN_EXAMPLES: dict[str, Sequence[ProblemError]] = {"401": [problem_for(SignInRefused())]}
_LATER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
_PROBLEM = "#/components/schemas/ProblemDetails"


def describe(app: FastAPI) -> dict[str, Any]:
    """The document; error answers as the media type that they have, with examples as the service makes them."""
    document = FastAPI.openapi(app)
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                _describe(operation, status, response)
    return document


def as_text(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(describe(app), indent=2, ensure_ascii=False) + "\n"


def _describe(operation: dict[str, Any], status: str, response: dict[str, Any]) -> None:
    content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
    if content.get("schema", {}).get("$ref") != _PROBLEM:
        return
    own = _SIGN_IN_EXAMPLES if operation["operationId"] == "signIn" else {}
    own = _LINK_EXAMPLES if "410" in operation["responses"] else own
    examples = {_name(problem): {"value": _value(problem)} for problem in own.get(status, _EXAMPLES[status])}
    response["content"] = {MEDIA_TYPE: {**content, "examples": examples}}
    if status in {"429", "503"}:
        response["headers"] = _LATER


def _name(problem: ProblemError) -> str:
    return problem.details.errors[0].code if problem.details.errors else problem.details.code


def _value(problem: ProblemError) -> dict[str, Any]:
    return problem.details.model_dump(exclude_none=True)
