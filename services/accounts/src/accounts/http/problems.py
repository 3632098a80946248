"""What the service refuses, as problem details: the one place where errors become HTTP."""

from collections.abc import Mapping
from typing import TypeAlias

from fastapi import FastAPI, Request
from fastapi.responses import Response

from accounts.domain.tokens import LinkRefused, TokenFault
from accounts.handlers.activation import TermsRefused
from accounts.handlers.deletion import NotToBeDeleted
from accounts.handlers.email_change import AddressUnchanged
from accounts.handlers.export import ExportUnavailable
from accounts.handlers.first_password import FirstPasswordUsed
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.handing_out import PrintedSince
from accounts.handlers.linking import LinkedElsewhere, LoginRefused, NoSuchLink
from accounts.handlers.mail_requests import TooManyRequests
from accounts.handlers.office import NotYours
from accounts.handlers.parts import Contended
from accounts.handlers.passwords import PasswordRefused
from accounts.handlers.proving import CodeNeeded, WrongCode, WrongPassword
from accounts.handlers.second_factor import AlreadyOn, NotSetUp
from accounts.handlers.sessions import NoSuchSession, SessionGone
from accounts.handlers.signing_in import SignInRefused
from accounts.passwords import HashingBusy
from shared.runtime.problems import FieldError, ProblemError, invalid

LINK_PROBLEMS: Mapping[TokenFault, tuple[int, str]] = {
    TokenFault.UNKNOWN: (422, "There is no such link"),
    TokenFault.OTHER_PURPOSE: (422, "The link is for something else"),
    TokenFault.USED: (409, "The link has been used"),
    TokenFault.REVOKED: (410, "The link works no longer; a newer one may have been mailed"),
    TokenFault.EXPIRED: (410, "The link has run out; ask for a new one"),
}
"""The status and the title for each fault of a link; the fault's value is the code."""

STATES: Mapping[type[Exception], tuple[int, str, str]] = {
    SignInRefused: (401, "wrong_credentials", "Address or password are wrong, or the account is not active"),
    SessionGone: (401, "session_ended", "The session has ended; sign in"),
    NoSuchSession: (404, "not_found", "The account has no such session"),
    NoSuchLink: (404, "not_found", "The account is not linked with such a login"),
    NotYours: (404, "not_found", "There is no such thing here, or it is not yours"),
    PrintedSince: (409, "printed_since", "This login was printed anew since you looked"),
    NotSetUp: (409, "not_set_up", "No second factor is on or being set up"),
    AlreadyOn: (409, "already_on", "The second factor is on already"),
    ExportUnavailable: (503, "export_unavailable", "Not all that is kept can be read right now; try again later"),
    NotToBeDeleted: (409, "not_to_be_deleted", "The account is not to be deleted"),
}
"""The status, the code and the title for what the state of things does not allow."""

LATER = 30
"""Seconds after which what is not available may be."""

WAITS: Mapping[type[Exception], tuple[int, str, str]] = {
    TooManyAttempts: (429, "too_many_attempts", "Too many failures; wait before the next try"),
    TooManyRequests: (429, "too_many_requests", "Too many requests; wait before the next one"),
    HashingBusy: (503, "busy", "Too many people are here right now"),
}
"""The status, the code and the title for what says itself when to come again."""

FIELDS: Mapping[type[Exception], tuple[str, str, str]] = {
    WrongPassword: ("password", "wrong_password", "This is not the password"),
    LoginRefused: ("password", "wrong_login", "The login or the password is wrong"),
    LinkedElsewhere: ("login", "linked_elsewhere", "Another account is linked with this login; end that link first"),
    CodeNeeded: ("code", "code_needed", "The account asks for a code from the app"),
    FirstPasswordUsed: ("new_password", "new_password_needed", "Choose a password in the place of the printed one"),
    WrongCode: ("code", "wrong_code", "The code is wrong, too old, or was used before"),
    AddressUnchanged: ("email", "email_unchanged", "The account has this address already"),
}
"""The field, the code and the text for what is wrong with one field."""

Refusal: TypeAlias = (
    LinkRefused
    | TermsRefused
    | PasswordRefused
    | HashingBusy
    | Contended
    | TooManyAttempts
    | TooManyRequests
    | SignInRefused
    | SessionGone
    | NoSuchSession
    | NoSuchLink
    | NotYours
    | PrintedSince
    | NotSetUp
    | AlreadyOn
    | NotToBeDeleted
    | ExportUnavailable
    | WrongPassword
    | CodeNeeded
    | WrongCode
    | FirstPasswordUsed
    | LoginRefused
    | LinkedElsewhere
    | AddressUnchanged
)


def problem_for(refusal: Refusal) -> ProblemError:
    """The problem details for what a use case refused."""
    if state := STATES.get(type(refusal)):
        return _state(*state)
    if error := _wrong_field(refusal):
        return invalid([error])
    match refusal:
        case LinkRefused(fault=fault):
            status, title = LINK_PROBLEMS[fault]
            error = FieldError(field="token", code=fault.value, detail=title)
            return ProblemError(status, fault.value, title, errors=[error])
        case TooManyAttempts() | TooManyRequests() | HashingBusy():
            return ProblemError(*WAITS[type(refusal)], retry_after=refusal.retry_after)
        case _:
            return ProblemError(503, "busy", "The same is being asked many times at once", retry_after=1)


def install(app: FastAPI) -> None:
    """Lets `app` answer refusals with problem details."""
    for kind in Refusal.__args__:
        app.add_exception_handler(kind, _answer)


def _wrong_field(refusal: Refusal) -> FieldError | None:
    match refusal:
        case TermsRefused(in_force=version):
            return FieldError(field="terms_version", code="terms_outdated", detail=f"Those of {version} are in force")
        case PasswordRefused(reason=reason, field=field):
            return FieldError(field=field, code=reason.code, detail=reason.text)
    wrong = FIELDS.get(type(refusal))
    return wrong and FieldError(field=wrong[0], code=wrong[1], detail=wrong[2])


def _state(status: int, code: str, title: str) -> ProblemError:
    problem = ProblemError(status, code, title, retry_after=LATER if status == 503 else None)  # noqa: PLR2004
    if status == 401:  # noqa: PLR2004 - RFC 9110, 11.6.1: it has to say how
        problem.headers["WWW-Authenticate"] = 'Bearer realm="dzwonek"'
    return problem


async def _answer(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - narrows what Starlette passes
    return problem_for(error).response()
