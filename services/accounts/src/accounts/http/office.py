"""The operations of a school's office on school logins: who has one, slips to be printed."""

from uuid import UUID

from fastapi import APIRouter, Response

from accounts.handlers.office import (
    issue_to_class,
    issue_to_staff,
    look_at_class,
    look_at_desks,
    look_at_guesses,
    look_at_school,
    look_at_staff,
    reissue,
)
from accounts.http.calls import Anybody, WorkingParts
from accounts.http.office_bodies import (
    ClassAnswer,
    ClassCountsAnswer,
    DesksAnswer,
    GuessedLoginAnswer,
    GuessesAnswer,
    IssueBody,
    PeopleAnswer,
    SchoolAnswer,
    SchoolLoginsAnswer,
    SlipAnswer,
    SlipsAnswer,
)
from accounts.http.sessions import NO_STORE, SIGNED_OUT, TOO_MANY
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

    For the office of the school, for homeroom teachers those of their class, for guardians their child's own. A few
    times an hour or a day for one login (429 `too_many_requests`).
    """
    response.headers.update(NO_STORE)
    return SlipAnswer.of((await reissue(parts, who, login_id)).slips[0])
