"""The operations of school logins, for programs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from accounts.answer_time import on_the_beat
from accounts.domain.password import accept_password
from accounts.domain.school_logins import Kind, login_name
from accounts.handlers.first_password import FirstPasswordUsed, await_password
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.linking import unlink_account
from accounts.handlers.proving import Proof
from accounts.handlers.school_sign_in import (
    SchoolSignIn,
    change_password,
    choose_password,
    look_at_login,
    sign_in_at_school,
)
from accounts.handlers.signing_in import SignInRefused
from accounts.http.account_bodies import DoneAnswer, NewPassword, SignedInAnswer
from accounts.http.bodies import PASSWORD, Body, KnownPassword, by_rule
from accounts.http.calls import AtSchool, Calling, WorkingParts
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
from accounts.store.school_logins import SchoolLogin
from shared.runtime.pages.forms import Secret
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES


def _login(entered: object) -> str:
    name = login_name(entered) if isinstance(entered, str) else None
    if name is None:
        raise PydanticCustomError("login_invalid", "Eight digits, with a letter behind them on some slips")
    return name


LoginName = Annotated[
    str,
    BeforeValidator(_login),
    Field(examples=["12345678u"], max_length=40, description="Eight digits, of pupils with a u and of staff with a k."),
]

Chosen = Annotated[
    str | None,
    Secret(),
    AfterValidator(lambda text: text and by_rule(accept_password, text, None)),
    Field(repr=False, description="In the place of the printed one, which signs nobody in.", examples=[PASSWORD]),
]

NO_LINK: dict[int | str, dict[str, Any]] = {404: {"model": ProblemDetails, "description": "There is no such link"}}

router = APIRouter(prefix="/api/v1", tags=["school logins"], responses=PROBLEM_RESPONSES)


class SchoolSignInBody(Body):
    """Somebody who signs in with a school login."""

    login: LoginName
    password: KnownPassword
    new_password: Chosen = None
    shared_computer: bool = Field(
        default=False, description="Others use this computer, too: the session ends after 15 idle minutes."
    )


class LoginPasswordBody(Body):
    """Another password in the place of the one that is shown."""

    password: KnownPassword
    new_password: NewPassword


class SchoolLoginAnswer(BaseModel):
    """The school login of who is signed in, and whose it is."""

    login: str = Field(examples=["12345678u"])
    kind: Kind
    person_id: UUID
    given_name: str = Field(repr=False)
    family_name: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False, description="Of a pupil's pair: the pupil.")
    school: str = Field(description="That has handed it out.")
    linked_at: datetime | None = Field(default=None, description="Since when a portal account is linked with it.")


@router.post(
    "/school-sessions",
    operation_id="signInAtSchool",
    status_code=201,
    summary="Sign in with a school login",
    responses={401: {"model": ProblemDetails, "description": "Login or password are wrong"}, **TOO_MANY},
)
async def post_school_session(
    body: SchoolSignInBody, parts: WorkingParts, calling: Calling, response: Response
) -> SignedInAnswer:
    """Signs in. With the printed password a new one has to be given, too (422 `new_password_needed`)."""
    response.headers.update(NO_STORE)
    asked = SchoolSignIn(body.login, body.password, shared=body.shared_computer)
    try:
        async with on_the_beat(parts.beat_seconds, SignInRefused, TooManyAttempts):
            return SignedInAnswer.begun(await sign_in_at_school(parts, asked, calling))
    except FirstPasswordUsed as used:
        if body.new_password is None:
            raise
        token = await await_password(parts, used)
        begun = await choose_password(parts, token, body.new_password, calling, shared=asked.shared)
        return SignedInAnswer.begun(begun)


@router.get("/school-login", operation_id="getSchoolLogin", summary="Get the school login", responses=SIGNED_OUT)
async def get_school_login(parts: WorkingParts, who: AtSchool, response: Response) -> SchoolLoginAnswer:
    """Who is signed in."""
    response.headers.update(NO_STORE)
    return _answer(await look_at_login(parts, who))


@router.post(
    "/school-login/password",
    operation_id="changeSchoolPassword",
    summary="Change the password of a school login",
    responses={**SIGNED_OUT, **TOO_MANY},
)
async def post_password(body: LoginPasswordBody, parts: WorkingParts, who: AtSchool, calling: Calling) -> DoneAnswer:
    """Sets another password. Every other session of the login ends."""
    await change_password(parts, who, Proof(body.password), body.new_password, calling)
    return DoneAnswer()


@router.delete(
    "/school-login/link",
    operation_id="endLinkOfSchoolLogin",
    summary="End the link with a portal account",
    responses={**SIGNED_OUT, **NO_LINK},
)
async def delete_link(parts: WorkingParts, who: AtSchool) -> DoneAnswer:
    """Ends the link of the school login of who is signed in; the owner of the account is told by mail."""
    await unlink_account(parts, who)
    return DoneAnswer()


def _answer(login: SchoolLogin) -> SchoolLoginAnswer:
    shown: dict[str, Any] = {name: getattr(login, name) for name in SchoolLoginAnswer.model_fields if name != "login"}
    return SchoolLoginAnswer(login=login.name, **shown)
