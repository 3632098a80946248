"""The OpenAPI 3.1 document of a service: error answers as the media type that they have, with examples."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI

from shared.runtime.problems import MEDIA_TYPE, ProblemError

Examples = Callable[[dict[str, Any], str], Sequence[ProblemError]]
"""The problems that an operation, as the document has it, may answer with a status."""

_LATER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
_PROBLEM = "#/components/schemas/ProblemDetails"
_MAY_WAIT = {"429", "503"}


def describe(app: FastAPI, examples: Examples) -> dict[str, Any]:
    """The document of `app`, its problems shown by `examples`, which the service makes as it answers them."""
    document = FastAPI.openapi(app)
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if _is_problem(response):
                    _show(response, status, examples(operation, status))
    return document


def as_text(document: dict[str, Any]) -> str:
    """The document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _is_problem(response: dict[str, Any]) -> bool:
    content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
    return bool(content.get("schema", {}).get("$ref") == _PROBLEM)


def _show(response: dict[str, Any], status: str, problems: Sequence[ProblemError]) -> None:
    content = next(iter(response["content"].values()))
    examples = {_name(problem): {"value": _value(problem)} for problem in problems}
    response["content"] = {MEDIA_TYPE: {**content, "examples": examples}}
    if status in _MAY_WAIT:
        response["headers"] = _LATER


def _name(problem: ProblemError) -> str:
    return problem.details.errors[0].code if problem.details.errors else problem.details.code


def _value(problem: ProblemError) -> dict[str, Any]:
    return problem.details.model_dump(exclude_none=True)
