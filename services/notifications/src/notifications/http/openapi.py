"""The API's OpenAPI 3.1 document: committed as docs/openapi-notifications.json."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from shared.runtime import openapi
from shared.runtime.problems import ProblemError, problem_of

_EXAMPLES = {
    "401": ProblemError(401, "token_expired", "The access token has run out"),
    "503": ProblemError(503, "unavailable", "Not available right now", retry_after=5),
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, with problems as the service makes them."""
    return openapi.describe(app, _examples)


def _examples(_: dict[str, Any], status: str) -> Sequence[ProblemError]:
    return [_EXAMPLES.get(status) or problem_of(int(status))]
