"""What ties give, and that nothing gives what was not said."""

from uuid import UUID

import pytest

from shared.contracts.envelope import LoginKind
from shared.contracts.roster import Role
from shared.runtime.roster.rights import Acting, ChildTie, ClassTie, GuardianRight, Place, Rights, RoleTie, Ties
from shared.runtime.roster.rights import rights as rights_by_logins

DISTRICT, OTHER_DISTRICT = UUID(int=1), UUID(int=2)
SCHOOL, OTHER_SCHOOL = UUID(int=11), UUID(int=12)
CLASS, OTHER_CLASS = UUID(int=21), UUID(int=22)
STUDENT, OTHER_STUDENT, SOMEBODY = UUID(int=31), UUID(int=32), UUID(int=41)
PLACE = Place(student_id=STUDENT, district_id=DISTRICT, school_ids=frozenset({SCHOOL}), class_ids=frozenset({CLASS}))


def rights(
    *, roles: tuple[RoleTie, ...] = (), classes: tuple[ClassTie, ...] = (), child: ChildTie | None = None
) -> Rights:
    children = (child,) if child else ()
    return Rights([Ties(person_id=SOMEBODY, district_id=DISTRICT, roles=roles, classes=classes, children=children)])


def role(name: Role, school: UUID | None = SCHOOL) -> RoleTie:
    return RoleTie(role=name, school_id=school)


def teacher(*subjects: str, homeroom: bool = False, class_id: UUID = CLASS) -> ClassTie:
    return ClassTie(
        class_id=class_id, school_id=SCHOOL, role="teacher", homeroom=homeroom, subjects=frozenset(subjects)
    )


def child(**rights: bool) -> ChildTie:
    every: dict[str, bool] = dict.fromkeys(("see", "excuse", "receive", "sign"), True)
    return ChildTie(student_id=STUDENT, **{**every, **rights})


def test_who_is_tied_to_nobody_may_nothing() -> None:
    for nobody in (Rights([]), rights()):
        assert not nobody.is_(STUDENT)
        assert not nobody.guardian_of(STUDENT)
        assert not nobody.teaches(CLASS)
        assert not nobody.homeroom_of(CLASS)
        assert not nobody.office_of(SCHOOL)
        assert not nobody.operates(DISTRICT)
        assert not nobody.sees(PLACE)


def test_a_pupil_sees_their_own_record_alone() -> None:
    pupil = Rights([Ties(person_id=STUDENT, district_id=DISTRICT)])
    assert pupil.sees(PLACE)
    assert not pupil.sees(PLACE.model_copy(update={"student_id": OTHER_STUDENT}))


@pytest.mark.parametrize("lost", ["see", "excuse", "receive", "sign"])
def test_a_court_takes_single_rights(lost: GuardianRight) -> None:
    guardian = rights(child=child(**{lost: False}))
    kept: list[GuardianRight] = [right for right in ("see", "excuse", "receive", "sign") if right != lost]
    assert all(guardian.guardian_of(STUDENT, right) for right in kept)
    assert not guardian.guardian_of(STUDENT, lost)
    assert guardian.sees(PLACE) is (lost != "see")
    assert not guardian.guardian_of(OTHER_STUDENT)


def test_a_teacher_teaches_the_subjects_that_are_named_and_all_where_none_is() -> None:
    assert rights(classes=(teacher("MAT"),)).teaches(CLASS, "MAT")
    assert not rights(classes=(teacher("MAT"),)).teaches(CLASS, "POL")
    assert rights(classes=(teacher(),)).teaches(CLASS, "POL")
    assert not rights(classes=(teacher(),)).teaches(OTHER_CLASS)
    assert rights(classes=(teacher("MAT"),)).sees(PLACE)
    assert not rights(classes=(teacher("MAT", class_id=OTHER_CLASS),)).sees(PLACE)


def test_only_a_homeroom_teacher_is_one() -> None:
    assert rights(classes=(teacher(homeroom=True),)).homeroom_of(CLASS)
    assert not rights(classes=(teacher(),)).homeroom_of(CLASS)


@pytest.mark.parametrize("place", ["student", "council_member"])
def test_who_is_in_a_class_otherwise_teaches_nobody_and_sees_nobody(place: str) -> None:
    tie = ClassTie.model_validate({**teacher(homeroom=True).model_dump(), "role": place})
    somebody = rights(classes=(tie,))
    assert not somebody.teaches(CLASS)
    assert not somebody.homeroom_of(CLASS)
    assert not somebody.sees(PLACE)


@pytest.mark.parametrize("name", ["secretary", "head", "school_administrator"])
def test_the_office_sees_the_pupils_of_its_school(name: Role) -> None:
    assert rights(roles=(role(name),)).office_of(SCHOOL)
    assert rights(roles=(role(name),)).sees(PLACE)
    assert not rights(roles=(role(name, OTHER_SCHOOL),)).office_of(SCHOOL)
    assert not rights(roles=(role(name, OTHER_SCHOOL),)).sees(PLACE)


def test_a_counsellor_sees_the_pupils_and_keeps_no_register() -> None:
    counsellor = rights(roles=(role("counsellor"),))
    assert counsellor.sees(PLACE)
    assert not counsellor.office_of(SCHOOL)


@pytest.mark.parametrize("name", ["student", "guardian", "teacher"])
def test_a_role_alone_opens_no_record(name: Role) -> None:
    assert not rights(roles=(role(name),)).sees(PLACE)


def test_an_operator_runs_the_district_and_sees_nobody() -> None:
    operator = rights(roles=(role("district_operator", None),))
    assert operator.operates(DISTRICT)
    assert not operator.operates(OTHER_DISTRICT)
    assert not operator.sees(PLACE)
    assert not rights(roles=(role("district_operator", SCHOOL),)).operates(DISTRICT)


def test_who_is_two_persons_has_the_rights_of_both() -> None:
    both = Rights([*rights(child=child()).ties, Ties(person_id=OTHER_STUDENT, district_id=OTHER_DISTRICT)])
    assert both.guardian_of(STUDENT)
    assert both.is_(OTHER_STUDENT)


EVERYTHING = rights(roles=(role("head"),), classes=(teacher(homeroom=True),), child=child()).ties[0]


def by(kind: LoginKind, scope: UUID, person: UUID = SOMEBODY) -> Rights:
    told = EVERYTHING.model_copy(update={"person_id": person}).model_dump_json(exclude={"is_self"})
    return rights_by_logins([told], [Acting(person, kind, scope)])


def test_a_guardians_login_gives_the_child_of_the_pair_and_nothing_of_where_its_owner_works() -> None:
    assert by("guardian", STUDENT).guardian_of(STUDENT)
    assert by("guardian", STUDENT).sees(PLACE)
    for nothing in (by("guardian", OTHER_STUDENT), by("guardian", SCHOOL), by("student", SOMEBODY)):
        assert not nothing.guardian_of(STUDENT)
    assert not by("guardian", STUDENT).office_of(SCHOOL)
    assert not by("guardian", STUDENT).homeroom_of(CLASS)
    assert not by("guardian", STUDENT).teaches(CLASS)


def test_a_login_of_staff_gives_what_its_owner_is_at_that_school() -> None:
    assert by("staff", SCHOOL).office_of(SCHOOL)
    assert by("staff", SCHOOL).homeroom_of(CLASS)
    assert not by("staff", SCHOOL).guardian_of(STUDENT)
    assert not by("staff", OTHER_SCHOOL).office_of(SCHOOL)
    assert not by("staff", OTHER_SCHOOL).teaches(CLASS)


def test_a_pupils_login_alone_makes_its_owner_that_pupil() -> None:
    assert by("student", STUDENT, STUDENT).is_(STUDENT)
    assert not by("staff", SCHOOL, STUDENT).is_(STUDENT)
    assert not by("guardian", STUDENT, STUDENT).is_(STUDENT)
