"""Nobody ever reaches a pupil they have no relation to: over invented rosters, against the rule spelled out by hand."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.shared.roster.states import signed_in

from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
    PersonChanged,
    PersonRole,
    RosterState,
)
from shared.runtime.postgres import Connection, connect
from shared.runtime.roster.asking import acting_of, place_of, rights_of
from shared.runtime.roster.projection import Projection, State
from shared.runtime.roster.rights import Acting

TODAY = date(2026, 11, 27)
DISTRICT = UUID(int=1)
SCHOOLS = (UUID(int=11), UUID(int=12))
CLASSES = {UUID(int=21): SCHOOLS[0], UUID(int=22): SCHOOLS[0], UUID(int=23): SCHOOLS[1]}
PEOPLE = [UUID(int=100 + n) for n in range(6)]
ACCOUNTS = [UUID(int=200 + n) for n in range(3)]

days = st.sampled_from([None, None, None, None, *(TODAY + timedelta(days=n) for n in (-1, 0, 1))])
"""Mostly none, so that a tie is not always cut by one day or another."""

roles = st.builds(
    PersonRole,
    role=st.sampled_from(["student", "guardian", "teacher", "counsellor", "secretary", "head", "district_operator"]),
    school_id=st.sampled_from([*SCHOOLS, None]),
    begins_on=days,
    ends_on=days,
)

A_PUPIL = PersonRole(role="student", school_id=SCHOOLS[0])


def logins_of(person: UUID) -> Sequence[Acting]:
    """All that somebody can be by a login: the pupil, the guardian of anybody, at work at either school."""
    return [
        Acting(person, "student", person),
        *(Acting(person, "guardian", student) for student in PEOPLE),
        *(Acting(person, "staff", school) for school in SCHOOLS),
    ]


@dataclass(frozen=True)
class Roster:
    """What is told of a few people."""

    classes: Sequence[ClassChanged]
    people: Sequence[PersonChanged]
    enrolments: Sequence[EnrolmentChanged]
    guardianships: Sequence[GuardianshipChanged]
    links: Sequence[LinkChanged]


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    numbers = iter(range(1000, 2000))
    pairs = draw(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=5, unique=True))
    return Roster(
        classes=[
            ClassChanged(class_id=id_, school_id=school, kind="homeroom", title="3b", ends_on=draw(days), version=1)
            for id_, school in CLASSES.items()
        ],
        people=[
            PersonChanged(
                person_id=person,
                given_name="Ada",
                family_name="Żak",
                roles=(*draw(st.sampled_from([(), (A_PUPIL,)])), *draw(st.lists(roles, max_size=2))),
                ends_on=draw(days),
                version=1,
            )
            for person in PEOPLE
        ],
        enrolments=[
            EnrolmentChanged(
                enrolment_id=UUID(int=next(numbers)),
                class_id=class_id,
                school_id=school,
                person_id=person,
                role=role,
                homeroom=draw(st.booleans()),
                subjects=tuple(draw(st.lists(st.sampled_from(["MAT", "POL"]), unique=True))),
                begins_on=draw(days),
                ends_on=draw(days),
                version=1,
            )
            for person in PEOPLE
            for class_id, school in CLASSES.items()
            if (role := draw(st.sampled_from([None, None, "student", "teacher", "council_member"])))
        ],
        guardianships=[
            GuardianshipChanged(
                guardianship_id=UUID(int=next(numbers)),
                student_id=student,
                guardian_id=guardian,
                see=draw(st.booleans()),
                excuse=True,
                receive=True,
                sign=True,
                ends_on=draw(days),
                version=1,
            )
            for student, guardian in pairs
        ],
        links=[
            LinkChanged(
                login_id=UUID(int=next(numbers)),
                kind=login.kind,
                scope_id=login.scope_id,
                person_id=person,
                account_id=draw(st.sampled_from([*ACCOUNTS, None])),
                version=1,
            )
            for person in PEOPLE
            for login in draw(st.lists(st.sampled_from(logins_of(person)), max_size=3))
        ],
    )


def holds(begins_on: date | None, ends_on: date | None) -> bool:
    return (begins_on is None or begins_on <= TODAY) and (ends_on is None or ends_on >= TODAY)


def may_see(roster: Roster, login: Acting, student: UUID) -> bool:
    """The rule, spelled out: the pupil, guardians who may see, teachers of a class, who knows the school's pupils.

    Each by the login of that pair, or of that school.
    """
    asker = login.person_id
    people = {each.person_id: each for each in roster.people}
    over = {each.class_id for each in roster.classes if not holds(None, each.ends_on)}

    def roles_of(person: UUID) -> set[tuple[str, UUID | None]]:
        return {(each.role, each.school_id) for each in people[person].roles if holds(each.begins_on, each.ends_on)}

    def classes_of(person: UUID, role: str) -> set[UUID]:
        return {
            each.class_id
            for each in roster.enrolments
            if each.person_id == person and each.role == role and holds(each.begins_on, each.ends_on)
        } - over

    is_pupil = any(role == "student" for role, _ in roles_of(student))
    if not is_pupil or not holds(None, people[student].ends_on) or not holds(None, people[asker].ends_on):
        return False
    schools = {school for role, school in roles_of(student) if role == "student"} - {None}
    if login.kind == "student":
        return asker == student
    if login.kind == "guardian":
        return login.scope_id == student and any(
            each.see and (each.student_id, each.guardian_id) == (student, asker) and holds(None, each.ends_on)
            for each in roster.guardianships
        )
    taught = {class_id for class_id in classes_of(asker, "teacher") if CLASSES[class_id] == login.scope_id}
    return bool(classes_of(student, "student") & taught) or any(
        role in {"counsellor", "secretary", "head", "school_administrator"} and school in schools
        for role, school in roles_of(asker)
        if school == login.scope_id
    )


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    connection = await connect(url, application="tests")
    yield connection
    await connection.close()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roster=rosters())
async def test_who_sees_whom(connection: Connection, roster: Roster) -> None:
    projection = Projection()
    told: dict[type[RosterState], Sequence[RosterState]] = {
        ClassChanged: roster.classes,
        PersonChanged: roster.people,
        EnrolmentChanged: roster.enrolments,
        GuardianshipChanged: roster.guardianships,
        LinkChanged: roster.links,
    }
    transaction = connection.transaction()
    await transaction.start()
    try:
        for kind, states in told.items():
            await projection.take_over(connection, kind, [State(DISTRICT, state) for state in states])
        rights_of_account = {
            account: await rights_of(connection, await acting_of(connection, signed_in(account)), TODAY)
            for account in ACCOUNTS
        }
        logins = [login for person in PEOPLE for login in logins_of(person) if login.kind != "guardian"]
        logins += [Acting(each.guardian_id, "guardian", each.student_id) for each in roster.guardianships]
        for student in PEOPLE:
            place = await place_of(connection, student, TODAY)
            for login in logins:
                rights = await rights_of(connection, [login], TODAY)
                sees = place is not None and rights.sees(place)
                assert sees is may_see(roster, login, student), (login, student)
            for account in ACCOUNTS:
                sees = place is not None and rights_of_account[account].sees(place)
                linked = [each for each in roster.links if each.account_id == account]
                logins_of_account = [Acting(each.person_id, each.kind, each.scope_id) for each in linked]
                assert sees is any(may_see(roster, login, student) for login in logins_of_account), (account, student)
    finally:
        await transaction.rollback()
