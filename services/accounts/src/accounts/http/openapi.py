"""The API's OpenAPI 3.1 document: committed as docs/openapi-accounts.json."""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from accounts.domain.tokens import TokenFault
from accounts.handlers.activation import LinkRefused
from accounts.http.problems import problem_for
from accounts.passwords import HashingBusy
from shared.runtime.problems import MEDIA_TYPE, FieldError, ProblemError, invalid

_WRONG_FIELDS = [
    FieldError(field="password", code="password_common", detail="Many people use this password"),
    FieldError(field="age_bracket", code="missing", detail="Field required"),
]
_EXAMPLES: dict[str, Sequence[ProblemError]] = {
    "400": [ProblemError(400, "not_json", "The body is no JSON")],
    "409": [problem_for(LinkRefused(TokenFault.USED))],
    "410": [problem_for(LinkRefused(fault)) for fault in (TokenFault.REVOKED, TokenFault.EXPIRED)],
    "413": [ProblemError(413, "too_large", "The body is too large")],
    "422": [invalid(_WRONG_FIELDS)],
    "503": [problem_for(HashingBusy(3))],
}
_LINK_EXAMPLES = [problem_for(LinkRefused(fault)) for fault in (TokenFault.UNKNOWN, TokenFault.OTHER_PURPOSE)]


def describe(app: FastAPI) -> dict[str, Any]:
    """The document; error answers as the media type that they have, with examples as the service makes them."""
    document = FastAPI.openapi(app)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status in _EXAMPLES:
                    is_link = status == "422" and path.endswith("/activations")
                    _as_problem(response, _LINK_EXAMPLES if is_link else _EXAMPLES[status])
                if status == "503":
                    response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return document


def as_text(app: FastAPI) -> str:
    """The document as it is committed."""
    return json.dumps(describe(app), indent=2, ensure_ascii=False) + "\n"


def _as_problem(response: dict[str, Any], problems: Sequence[ProblemError]) -> None:
    content = next(iter(response["content"].values()))
    examples = {
        problem.details.errors[0].code if problem.details.errors else problem.details.code: {
            "value": problem.details.model_dump(exclude_none=True)
        }
        for problem in problems
    }
    response["content"] = {MEDIA_TYPE: {**content, "examples": examples}}
