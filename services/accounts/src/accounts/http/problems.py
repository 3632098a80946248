"""What the service refuses, as problem details: the one place where errors become HTTP."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import Response

from accounts.domain.tokens import TokenFault
from accounts.handlers.activation import LinkRefused, TermsRefused
from accounts.handlers.parts import Contended
from accounts.handlers.registration import PasswordRefused
from accounts.passwords import HashingBusy
from shared.runtime.problems import FieldError, ProblemError, invalid

LINK_PROBLEMS: Mapping[TokenFault, tuple[int, str]] = {
    TokenFault.UNKNOWN: (422, "There is no such link"),
    TokenFault.OTHER_PURPOSE: (422, "The link is for something else"),
    TokenFault.USED: (409, "The link has been used: the account is active"),
    TokenFault.REVOKED: (410, "A newer link was mailed, only that one works"),
    TokenFault.EXPIRED: (410, "The link has run out; register again"),
}
"""The status and the title for each fault of a link; the fault's value is the code."""

Refusal = LinkRefused | TermsRefused | PasswordRefused | HashingBusy | Contended


def problem_for(refusal: Refusal) -> ProblemError:
    """The problem details for what a use case refused."""
    match refusal:
        case LinkRefused(fault=fault):
            status, title = LINK_PROBLEMS[fault]
            error = FieldError(field="token", code=fault.value, detail=title)
            return ProblemError(status, fault.value, title, errors=[error])
        case TermsRefused():
            detail = f"The terms of {refusal.in_force} are in force"
            return invalid([FieldError(field="terms_version", code="terms_outdated", detail=detail)])
        case PasswordRefused(reason=reason):
            return invalid([FieldError(field="password", code=reason.code, detail=reason.text)])
        case HashingBusy():
            return ProblemError(503, "busy", "Too many people register right now", retry_after=refusal.retry_after)
        case Contended():
            return ProblemError(503, "busy", "The same is being asked many times at once", retry_after=1)


def install(app: FastAPI) -> None:
    """Lets `app` answer refusals with problem details."""
    for kind in (LinkRefused, TermsRefused, PasswordRefused, HashingBusy, Contended):
        app.add_exception_handler(kind, _answer)


async def _answer(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - narrows what Starlette passes
    return problem_for(error).response()
