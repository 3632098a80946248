"""The API's OpenAPI 3.1 document: committed as docs/openapi-accounts.json."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.mail_requests import TooManyRequests
from accounts.handlers.second_factor import NotSetUp
from accounts.handlers.sessions import NoSuchSession, SessionGone
from accounts.handlers.signing_in import SignInRefused
from accounts.http.problems import problem_for
from accounts.passwords import HashingBusy
from shared.runtime import openapi
from shared.runtime.problems import FieldError, ProblemError, invalid

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
    "429": [problem_for(TooManyRequests(600))],
    "503": [problem_for(HashingBusy(3))],
}
_LINK_EXAMPLES: dict[str, Sequence[ProblemError]] = {
    "409": [problem_for(LinkRefused(TokenFault.USED))],
    "422": [problem_for(LinkRefused(fault)) for fault in (TokenFault.UNKNOWN, TokenFault.OTHER_PURPOSE)],
}
_SIGN_IN_EXAMPLES: dict[str, Sequence[ProblemError]] = {
    "401": [problem_for(SignInRefused())],
    "429": [problem_for(TooManyAttempts(900))],
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, with problems as the service makes them."""
    return openapi.describe(app, _examples)


def _examples(operation: dict[str, Any], status: str) -> Sequence[ProblemError]:
    own = _SIGN_IN_EXAMPLES if operation["operationId"] in {"signIn", "signInAtSchool"} else {}
    own = _LINK_EXAMPLES if "410" in operation["responses"] else own
    return own.get(status, _EXAMPLES[status])
