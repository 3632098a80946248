"""The operations of a portal account on the school logins that are linked with it, and what it is by them."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from accounts.answer_time import on_the_beat
from accounts.domain.links import Link, Place
from accounts.domain.school_logins import Kind
from accounts.handlers.first_password import FirstPasswordUsed, await_password
from accounts.handlers.guesses import TooManyAttempts
from accounts.handlers.linking import (
    LoginProof,
    LoginRefused,
    choose_password_and_link,
    link_login,
    linked_logins,
    places,
    unlink_login,
)
from accounts.handlers.signing_in import SignInRefused
from accounts.http.account_bodies import DoneAnswer
from accounts.http.bodies import Body, KnownPassword
from accounts.http.calls import Calling, Who, WorkingParts
from accounts.http.school_logins import NO_LINK, Chosen, LoginName
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
from shared.runtime.web import PROBLEM_RESPONSES

router = APIRouter(prefix="/api/v1/me", tags=["linked logins"], responses={**PROBLEM_RESPONSES, **SIGNED_OUT})


class LinkingBody(Body):
    """A school login, and that it is one's own."""

    login: LoginName
    password: KnownPassword

    def proof(self) -> LoginProof:
        """What the use case takes."""
        return LoginProof(self.login, self.password)


class LinkingChoiceBody(LinkingBody):
    """The same, and a password in the place of the printed one."""

    new_password: Chosen = None


class LinkedLoginAnswer(BaseModel):
    """A school login that is linked with the account, and whose it is."""

    login_id: UUID
    login: str = Field(examples=["12345678"])
    kind: Kind
    person_id: UUID
    person: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False, description="Of a pupil's pair: the pupil.")
    school: str = Field(description="That has handed it out.")
    linked_at: datetime

    @classmethod
    def of(cls, link: Link) -> Self:
        """The answer for a link."""
        return cls(login=link.name, **{name: getattr(link, name) for name in cls.model_fields if name != "login"})


class LinkedLoginsAnswer(BaseModel):
    """The school logins that are linked with the account, the first one first."""

    logins: list[LinkedLoginAnswer]


class PlaceAnswer(BaseModel):
    """What somebody is and where: a pupil's guardian, a pupil, staff."""

    kind: Literal["student", "guardian", "staff"]
    person_id: UUID = Field(description="The pupil, or who works there.")
    given_name: str = Field(repr=False)
    family_name: str = Field(repr=False)
    school_id: UUID
    school: str
    classes: list[str] = Field(description="The pupil's homeroom classes there.", examples=[["3b"]])
    roles: list[str] = Field(description="Of staff.", examples=[["teacher"]])
    login_id: UUID | None = Field(default=None, description="Of a guardian's child: the child's own school login.")

    @classmethod
    def of(cls, place: Place) -> Self:
        """The answer for a place."""
        return cls(**{name: getattr(place, name) for name in cls.model_fields})


class PlacesAnswer(BaseModel):
    """Children first, then what the person is at schools, each in the order of names."""

    places: list[PlaceAnswer]


@router.get("/logins", operation_id="getLinkedLogins", summary="List the linked school logins")
async def get_logins(parts: WorkingParts, who: Who, response: Response) -> LinkedLoginsAnswer:
    """The school logins that are linked with the account."""
    response.headers.update(NO_STORE)
    return LinkedLoginsAnswer(logins=[LinkedLoginAnswer.of(link) for link in await linked_logins(parts, who)])


@router.post(
    "/logins", operation_id="linkLogin", status_code=201, summary="Link a school login", responses={**TOO_MANY}
)
async def post_login(
    body: LinkingChoiceBody, parts: WorkingParts, who: Who, calling: Calling, response: Response
) -> LinkedLoginAnswer:
    """Links a school login with the account, by its password; its owner is told by mail.

    With the printed password a new one has to be given, too (422 `new_password_needed`). A login is linked with one
    account at most (422 `linked_elsewhere`). Nobody is told whether a login exists (422 `wrong_login`).
    """
    response.headers.update(NO_STORE)
    try:
        async with on_the_beat(parts.beat_seconds, LoginRefused, TooManyAttempts):
            return LinkedLoginAnswer.of(await link_login(parts, who, body.proof(), calling))
    except FirstPasswordUsed as used:
        if body.new_password is None:
            raise
        try:
            token = await await_password(parts, used)
            return LinkedLoginAnswer.of(await choose_password_and_link(parts, who, token, body.new_password))
        except SignInRefused:
            raise LoginRefused from None


@router.delete("/logins/{login_id}", operation_id="unlinkLogin", summary="Unlink a school login", responses={**NO_LINK})
async def delete_login(login_id: UUID, parts: WorkingParts, who: Who) -> DoneAnswer:
    """Ends a link. The account is no longer the person whose login it is, and sees no more of what that person sees."""
    await unlink_login(parts, who, login_id)
    return DoneAnswer()


@router.get("/schools", operation_id="getMySchools", summary="My children and schools")
async def get_schools(parts: WorkingParts, who: Who, response: Response) -> PlacesAnswer:
    """What the account is today by its linked logins, and where."""
    response.headers.update(NO_STORE)
    return PlacesAnswer(places=[PlaceAnswer.of(place) for place in await places(parts, who)])
