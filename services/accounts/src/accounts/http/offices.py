"""The operations of a school's office on school logins: who has one, slips to be printed."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from accounts.domain.school_logins import Kind
from accounts.handlers.handing_out import Slip
from accounts.handlers.office import (
    People,
    Printed,
    issue_to_class,
    issue_to_staff,
    look_at_class,
    look_at_desks,
    look_at_guesses,
    look_at_school,
    look_at_staff,
    reissue,
)
from accounts.http.bodies import Body
from accounts.http.calls import Anybody, WorkingParts
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
from accounts.store.login_guesses import GuessedLogin
from accounts.store.offices import ClassCounts, ClassPlace
from accounts.store.school_logins import Found, School
from shared.runtime.problems import ProblemDetails
from shared.runtime.web import PROBLEM_RESPONSES

router = APIRouter(
    prefix="/api/v1",
    tags=["office"],
    responses={
        **PROBLEM_RESPONSES,
        **SIGNED_OUT,
        404: {"model": ProblemDetails, "description": "There is no such school, class or login, or it is not yours"},
    },
)


class SchoolAnswer(BaseModel):
    """A school."""

    school_id: UUID
    name: str

    @classmethod
    def of(cls, school: School) -> Self:
        """The answer for a school."""
        return cls(school_id=school.school_id, name=school.name)


class ClassAnswer(BaseModel):
    """A class of a school."""

    class_id: UUID
    title: str = Field(examples=["3b"])
    school: SchoolAnswer

    @classmethod
    def of(cls, place: ClassPlace) -> Self:
        """The answer for a class."""
        return cls(class_id=place.class_id, title=place.title, school=SchoolAnswer.of(place.school))


class DesksAnswer(BaseModel):
    """The schools whose office the caller is of, and the classes whose homeroom teacher."""

    schools: list[SchoolAnswer]
    classes: list[ClassAnswer]


class ClassCountsAnswer(BaseModel):
    """A homeroom class, and who of it has a login."""

    class_id: UUID
    title: str = Field(examples=["3b"])
    pupils: int
    people: int = Field(description="Who is to have a login: pupils, and a guardian for each of their pupils.")
    logins: int = Field(description="How many of them have one.")
    unused: int = Field(description="Of how many the printed password was not used yet.")

    @classmethod
    def of(cls, counts: ClassCounts) -> Self:
        """The answer for a class."""
        return cls(**vars(counts))


class SchoolLoginsAnswer(BaseModel):
    """A school and its homeroom classes."""

    school: SchoolAnswer
    classes: list[ClassCountsAnswer]


class GuessedLoginAnswer(BaseModel):
    """A login, and how many wrong passwords were entered for it."""

    login_id: UUID
    name: str = Field(examples=["12345678"])
    kind: Kind
    sign_ins: int = Field(description="To sign in with it.")
    links: int = Field(description="To link it with a portal account.")

    @classmethod
    def of(cls, guessed: GuessedLogin) -> Self:
        """The answer for a login."""
        return cls(**vars(guessed))


class GuessesAnswer(BaseModel):
    """The most guessed first."""

    logins: list[GuessedLoginAnswer]


class PersonAnswer(BaseModel):
    """Somebody who has a login or is to have one."""

    kind: Kind
    person: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False, description="Whose pair it is of; absent for staff.")
    login_id: UUID | None = Field(default=None, description="Absent where there is no login yet.")
    login: str | None = Field(default=None, examples=["12345678u"])
    unused: bool | None = Field(default=None, description="Whether the printed password was not used yet.")

    @classmethod
    def of(cls, found: Found) -> Self:
        """The answer for somebody."""
        return cls(
            kind=found.holder.kind,
            person=found.person,
            pupil=found.pupil,
            login_id=found.login_id,
            login=found.holder.name,
            unused=found.is_first_password,
        )


class PeopleAnswer(BaseModel):
    """Pupils each followed by their guardians, or staff, in the order of names."""

    school: SchoolAnswer
    class_title: str | None = None
    people: list[PersonAnswer]

    @classmethod
    def of(cls, people: People) -> Self:
        """The answer for a class or the staff."""
        found = [PersonAnswer.of(each) for each in people.found]
        return cls(school=SchoolAnswer.of(people.school), class_title=people.class_title, people=found)


class IssueBody(Body):
    """Logins are handed out."""

    again: bool = Field(
        default=False, description="Another printed password also for those who have not used theirs yet."
    )


class SlipAnswer(BaseModel):
    """What somebody is given on paper. The password is told this once and kept nowhere."""

    kind: Kind
    person: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False)
    language: str | None = Field(default=None, description="Of the slip.")
    login: str = Field(examples=["12345678u"])
    password: str = Field(repr=False, examples=["abcd-efgh-jkmn"])

    @classmethod
    def of(cls, slip: Slip) -> Self:
        """The answer for a slip."""
        return cls(**vars(slip))


class SlipsAnswer(BaseModel):
    """The slips, how many logins are new, and how many had one already and keep it."""

    slips: list[SlipAnswer]
    new: int
    kept: int

    @classmethod
    def of(cls, printed: Printed) -> Self:
        """The answer for slips."""
        return cls(slips=[SlipAnswer.of(slip) for slip in printed.slips], new=printed.new, kept=printed.kept)


@router.get("/office", operation_id="getDesks", summary="Where I hand out logins")
async def get_desks(parts: WorkingParts, who: Anybody, response: Response) -> DesksAnswer:
    """The schools whose office the caller is of, and the classes whose homeroom teacher; often none."""
    response.headers.update(NO_STORE)
    desks = await look_at_desks(parts, who)
    return DesksAnswer(
        schools=[SchoolAnswer.of(school) for school in desks.schools],
        classes=[ClassAnswer.of(place) for place in desks.classes],
    )


@router.get(
    "/office/schools/{school_id}/classes", operation_id="getClassesWithLogins", summary="The classes of a school"
)
async def get_classes(school_id: UUID, parts: WorkingParts, who: Anybody, response: Response) -> SchoolLoginsAnswer:
    """The homeroom classes of a school, and how many there have a login."""
    response.headers.update(NO_STORE)
    school, counts = await look_at_school(parts, who, school_id)
    return SchoolLoginsAnswer(school=SchoolAnswer.of(school), classes=[ClassCountsAnswer.of(each) for each in counts])


@router.get("/office/schools/{school_id}/guesses", operation_id="getGuesses", summary="Logins that are guessed at")
async def get_guesses(school_id: UUID, parts: WorkingParts, who: Anybody, response: Response) -> GuessesAnswer:
    """The logins of a school at which somebody guessed in the last week, five times or more; fifty at most."""
    response.headers.update(NO_STORE)
    found = await look_at_guesses(parts, who, school_id)
    return GuessesAnswer(logins=[GuessedLoginAnswer.of(each) for each in found])


@router.get("/office/schools/{school_id}/staff", operation_id="getStaffWithLogins", summary="The staff of a school")
async def get_staff(school_id: UUID, parts: WorkingParts, who: Anybody, response: Response) -> PeopleAnswer:
    """The staff of a school, and who has a login."""
    response.headers.update(NO_STORE)
    return PeopleAnswer.of(await look_at_staff(parts, who, school_id))


@router.get("/office/classes/{class_id}", operation_id="getClassWithLogins", summary="The people of a class")
async def get_class(class_id: UUID, parts: WorkingParts, who: Anybody, response: Response) -> PeopleAnswer:
    """The pupils of a class with their guardians, and who has a login: for the office and the homeroom teacher."""
    response.headers.update(NO_STORE)
    return PeopleAnswer.of(await look_at_class(parts, who, class_id))


@router.post(
    "/office/classes/{class_id}/slips",
    operation_id="issueToClass",
    status_code=201,
    summary="Hand out logins to a class",
)
async def post_class_slips(
    class_id: UUID, body: IssueBody, parts: WorkingParts, who: Anybody, response: Response
) -> SlipsAnswer:
    """A login for everybody of a class who has none. The passwords stand in the answer and nowhere else."""
    response.headers.update(NO_STORE)
    return SlipsAnswer.of(await issue_to_class(parts, who, class_id, again=parts.clock() if body.again else None))


@router.post(
    "/office/schools/{school_id}/staff/slips",
    operation_id="issueToStaff",
    status_code=201,
    summary="Hand out logins to the staff",
)
async def post_staff_slips(
    school_id: UUID, body: IssueBody, parts: WorkingParts, who: Anybody, response: Response
) -> SlipsAnswer:
    """A login for everybody of a school's staff who has none. The passwords stand in the answer and nowhere else."""
    response.headers.update(NO_STORE)
    return SlipsAnswer.of(await issue_to_staff(parts, who, school_id, again=parts.clock() if body.again else None))


@router.post(
    "/logins/{login_id}/slip",
    operation_id="reissueLogin",
    status_code=201,
    summary="Another password for a login",
    responses={**TOO_MANY},
)
async def post_slip(login_id: UUID, parts: WorkingParts, who: Anybody, response: Response) -> SlipAnswer:
    """Another printed password, whatever its owner has chosen; sessions and the link with a portal account end.

    For the office of the school, for homeroom teachers those of their class, for guardians their child's own. Five
    times an hour for one login (429 `too_many_requests`).
    """
    response.headers.update(NO_STORE)
    return SlipAnswer.of((await reissue(parts, who, login_id)).slips[0])
