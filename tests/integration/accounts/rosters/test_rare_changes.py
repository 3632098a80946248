"""What changes rarely or is rarely large."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from tests.integration.accounts.rosters.export import Export, Row, delta, small_export
from tests.integration.accounts.rosters.importing import NOW, Imports, counts
from tests.unit.accounts.rosters.exports import Export as TextExport
from tests.unit.accounts.rosters.exports import good_export

from accounts.domain.oneroster.files import Mode, Release
from accounts.rosters.ids import Ids, district_id
from accounts.rosters.importing import Outcome, Wishes, import_roster
from shared.contracts.roster import GuardianshipChanged, PersonChanged, SchoolChanged

ANY_NUMBER = Wishes(most_ended=1.0)
IDS = Ids(district_id(small_export().code))
YESTERDAY = NOW.date() - timedelta(days=1)


async def apply(imports: Imports, *exports: Export) -> None:
    """Imports exports that are right, one after the other; `events` has those of the last."""
    for export in exports:
        report = await imports.run(export, ANY_NUMBER)
        assert report.outcome is Outcome.APPLIED, report.findings.faults


async def values(imports: Imports, query: str, *arguments: object) -> list[Any]:
    """The only column of a query's rows."""
    return [row[0] for row in await imports.connection.fetch(query, *map(str, arguments))]


async def test_who_was_a_pupil_and_is_now_the_guardian_of_their_guardian_is_told_so(imports: Imports) -> None:
    export = small_export()
    export.row("roles", "ala-student")["role"] = "parent"
    export.row("roles", "jan-parent")["role"] = "student"
    for name, agents in (("ala", ""), ("jan", "ala"), ("ola", "ewa")):
        export.row("users", name)["agentSourcedIds"] = agents
    await apply(imports, small_export(), export)
    student = "SELECT student_id::text FROM guardianships WHERE guardianship_id = $1 AND ends_on IS NULL"
    assert await values(imports, student, IDS.guardianship("ala", "jan")) == [str(IDS.person("jan"))]


async def test_a_role_that_goes_over_to_somebody_else_is_told_of_both(imports: Imports) -> None:
    export = small_export()
    export.row("roles", "iga-guardian")["userSourcedId"] = "jan"
    await apply(imports, small_export(), export)
    told = {person.given_name: len(person.roles) for person in await imports.events_of(PersonChanged)}
    assert told == {"Jan": 2, "Iga": 1}


async def test_a_delta_that_gives_a_role_to_somebody_else_takes_it_from_the_first(imports: Imports) -> None:
    handed_over = {**small_export().row("roles", "iga-guardian"), "userSourcedId": "jan"}
    await apply(imports, small_export(), delta(roles=[handed_over]))
    told = {person.given_name: len(person.roles) for person in await imports.events_of(PersonChanged)}
    assert told == {"Jan": 2, "Iga": 1}


async def test_what_a_role_is_called_is_learnt_for_those_from_before_and_nobody_is_told(imports: Imports) -> None:
    await apply(imports, small_export())
    await imports.connection.execute("UPDATE person_roles SET row_id = NULL")
    await apply(imports, small_export())
    assert not await imports.events()
    assert None not in await values(imports, "SELECT row_id FROM person_roles")


async def test_who_is_no_pupil_any_more_has_no_birthday(imports: Imports) -> None:
    teaches = {**small_export().row("roles", "ala-student"), "role": "teacher"}
    await apply(imports, small_export(), delta(roles=[teaches]))
    assert [person.born_on for person in await imports.events_of(PersonChanged)] == [None]


def with_a_pupil_who_is_a_guardian() -> Export:
    """Ola, a pupil of age, is Ala's guardian, and Jan is hers."""
    export = small_export()
    export.rows["roles"].append({**export.row("roles", "jan-parent"), "sourcedId": "ola-g", "userSourcedId": "ola"})
    for name, agents in (("ala", "ola"), ("ola", "jan"), ("jan", ""), ("ewa", "")):
        export.row("users", name)["agentSourcedIds"] = agents
    return export


async def test_a_pupil_may_be_the_guardian_of_another(imports: Imports) -> None:
    await apply(imports, with_a_pupil_who_is_a_guardian())
    told = {(each.student_id, each.guardian_id) for each in await imports.events_of(GuardianshipChanged)}
    pairs = (("ala", "ola"), ("ola", "jan"))
    assert {(str(one), str(other)) for one, other in told} == {
        (str(IDS.person(student)), str(IDS.person(guardian))) for student, guardian in pairs
    }


async def test_what_a_pupil_says_of_guardians_tells_nothing_of_pupils_who_have_them_as_one(imports: Imports) -> None:
    export = with_a_pupil_who_is_a_guardian()
    await apply(imports, export, delta(users=[{**export.row("users", "ola"), "familyName": "Ryś"}]))
    assert not await imports.events_of(GuardianshipChanged)


async def test_a_school_that_becomes_a_department_of_another_is_over(imports: Imports) -> None:
    export = small_export()
    export.row("orgs", "s2").update({"type": "department", "parentSourcedId": "s1"})
    await apply(imports, small_export(), export)
    told = [(school.name, school.ends_on) for school in await imports.events_of(SchoolChanged)]
    assert told == [("Szkoła nr 2", YESTERDAY)]


async def test_a_district_is_called_as_its_last_export_says(imports: Imports) -> None:
    export = small_export()
    export.row("orgs", "d")["name"] = "Miasto Lipowa"
    await apply(imports, small_export(), export)
    assert await values(imports, "SELECT name FROM districts") == ["Miasto Lipowa"]


class Partial(Export):
    """A whole export that tells nothing of some files."""

    absent: Sequence[str] = ()

    def _mode(self, name: str) -> Mode:
        return Mode.ABSENT if name in self.absent else super()._mode(name)


def without(export: Export, *absent: str) -> Export:
    """The export without these files."""
    partial = Partial(export.rows)
    partial.absent = absent
    return partial


async def test_who_is_gone_from_all_people_is_gone_from_classes_that_the_export_does_not_tell_of(
    imports: Imports,
) -> None:
    export = small_export()
    export.remove("users", "ola")
    export.remove("roles", "ola-student")
    await apply(imports, small_export(), without(export, "enrollments", "demographics"))
    assert await values(imports, "SELECT ends_on FROM enrolments WHERE person_id = $1", IDS.person("ola")) == [
        YESTERDAY
    ]


async def test_who_was_over_before_a_run_was_killed_is_gone_from_classes_with_the_next(imports: Imports) -> None:
    export = small_export()
    export.remove("users", "ola")
    export.remove("roles", "ola-student")
    partial = without(export, "enrollments", "demographics")
    await apply(imports, small_export(), partial)
    for table in ("enrolments", "guardianships"):
        await imports.connection.execute(f"UPDATE {table} SET ends_on = NULL")  # noqa: S608
    await apply(imports, partial)
    assert await values(imports, "SELECT ends_on FROM enrolments WHERE person_id = $1", IDS.person("ola")) == [
        YESTERDAY
    ]
    assert {each.ends_on for each in await imports.events_of(GuardianshipChanged)} == {YESTERDAY}


async def test_in_a_class_that_is_gone_is_nobody_although_the_export_does_not_tell_who_was(imports: Imports) -> None:
    export = small_export()
    export.remove("classes", "3b")
    await apply(imports, small_export(), without(export, "users", "roles", "enrollments", "demographics"))
    assert set(await values(imports, "SELECT ends_on FROM enrolments")) == {YESTERDAY}


# Deltas: each of these leaves what the whole export would have left.


async def test_a_delta_names_guardians_of_a_pupil_whose_role_ends_with_the_school_year(imports: Imports) -> None:
    export = small_export()
    for role in ("ala-student", "ola-student"):
        export.row("roles", role)["endDate"] = "2027-08-31"
    await apply(imports, export, delta(users=[{**export.row("users", "ala"), "familyName": "Ryś"}]))
    assert [person.family_name for person in await imports.events_of(PersonChanged)] == ["Ryś"]


@pytest.mark.parametrize("role", [{"role": "guardian"}, {"status": "tobedeleted"}], ids=["changed", "deleted"])
async def test_a_delta_makes_a_pupil_the_guardian_of_another(imports: Imports, role: Row) -> None:
    export = small_export()
    changes = delta(
        users=[
            {**export.row("users", "ala"), "agentSourcedIds": "jan,ewa,ola"},
            {**export.row("users", "ola"), "agentSourcedIds": ""},
        ],
        roles=[{**export.row("roles", "ola-student"), **role}],
    )
    await apply(imports, export, changes)


def with_guardians_who_name_their_pupils() -> Export:
    """The small export, in the other of the two ways in which it may tell who belongs together."""
    export = small_export()
    for name, agents in (("ala", ""), ("ola", ""), ("jan", "ala,ola"), ("ewa", "ala,ola")):
        export.row("users", name)["agentSourcedIds"] = agents
    return export


async def test_another_surname_of_a_pupil_leaves_guardians_who_name_the_pupil(imports: Imports) -> None:
    export = with_guardians_who_name_their_pupils()
    await apply(imports, export, delta(users=[{**export.row("users", "ala"), "familyName": "Ryś"}]))
    assert not await imports.events_of(GuardianshipChanged)


async def test_a_guardian_who_names_a_pupil_no_more_is_no_guardian_any_more(imports: Imports) -> None:
    export = with_guardians_who_name_their_pupils()
    await apply(imports, export, delta(users=[{**export.row("users", "jan"), "agentSourcedIds": "ola"}]))
    assert [each.ends_on for each in await imports.events_of(GuardianshipChanged)] == [YESTERDAY]


async def test_a_class_that_becomes_a_group_has_no_homeroom_teacher(imports: Imports) -> None:
    export = small_export()
    await apply(imports, export, delta(classes=[{**export.row("classes", "3b"), "classType": "scheduled"}]))
    assert not any(await values(imports, "SELECT homeroom FROM enrolments"))


@pytest.mark.parametrize(
    ("table", "key", "moved"),
    [("classes", "class_id", IDS.class_("3c")), ("person_roles", "role_id", IDS.role("jan", "jan-parent"))],
    ids=["class", "role"],
)
async def test_a_department_that_moves_to_another_school_takes_all_with_it(
    imports: Imports, table: str, key: str, moved: object
) -> None:
    export = small_export()
    department = {"sourcedId": "lo", "name": "Liceum", "type": "department", "parentSourcedId": "s1"}
    export.rows["orgs"].append(department)
    export.row("classes", "3c")["schoolSourcedId"] = "lo"
    export.row("roles", "jan-parent")["orgSourcedId"] = "lo"
    await apply(imports, export, delta(orgs=[{**department, "parentSourcedId": "s2"}]))
    schools = await values(imports, f"SELECT school_id::text FROM {table} WHERE {key} = $1", moved)  # noqa: S608
    assert schools == [str(IDS.org("s2"))]


async def test_roles_in_a_department_that_is_no_part_of_a_school_any_more_are_over(imports: Imports) -> None:
    export = small_export()
    department = {"sourcedId": "lo", "name": "Liceum", "type": "department", "parentSourcedId": "s1"}
    export.rows["orgs"].append(department)
    export.row("roles", "jan-parent")["orgSourcedId"] = "lo"
    await apply(imports, export, delta(orgs=[{**department, "parentSourcedId": "d"}]))
    assert [(person.given_name, person.roles) for person in await imports.events_of(PersonChanged)] == [("Jan", ())]


async def test_a_teacher_who_becomes_an_aide_by_a_delta_has_no_rights_of_a_teacher(imports: Imports) -> None:
    export = small_export()
    await apply(imports, export, delta(roles=[{**export.row("roles", "iga-teacher"), "role": "aide"}]))
    active = "SELECT role FROM person_roles WHERE person_id = $1 AND ends_on IS NULL"
    assert await values(imports, active, IDS.person("iga")) == ["guardian"]


async def test_a_teacher_of_a_class_who_becomes_its_proctor_by_a_delta_is_no_teacher_of_it(imports: Imports) -> None:
    export = small_export()
    await apply(imports, export, delta(enrollments=[{**export.row("enrollments", "iga-3b"), "role": "proctor"}]))
    assert await values(imports, "SELECT ends_on FROM enrolments WHERE person_id = $1", IDS.person("iga")) == [
        YESTERDAY
    ]


# Release 1.1, where roles stand with the users.


async def apply_1_1(imports: Imports, *exports: TextExport, lenient: bool = False) -> None:
    """Imports exports that are right but for what lenient reading leaves out, one after the other."""
    for number, export in enumerate(exports):
        path = export.zipped(imports.folder / f"{number}.zip")
        wishes = Wishes(lenient=lenient, most_ended=1.0)
        report = await import_roster(imports.connection, path, wishes, now=NOW, progress=lambda *_: None)
        assert report.outcome is Outcome.APPLIED, report.findings.faults


def teacher_at_two_schools() -> TextExport:
    """Ewa teaches at two schools, and Jan is a pupil at one of them."""
    export = good_export(Release.V1_1).cell("users.csv", "agentSourcedIds", "", line=3)
    first = "s1,,,Szkoła Podstawowa nr 1,school,,d1\r\n"
    export = export.swap("orgs.csv", first, f"{first}s2,,,Szkoła Podstawowa nr 2,school,,d1\r\n")
    return export.cell("users.csv", "orgSourcedIds", "s1,s2")


ACTIVE_ROLES = "SELECT given_name FROM person_roles JOIN people USING (person_id) WHERE person_roles.ends_on IS NULL"


async def test_a_teacher_whom_a_delta_has_at_one_school_alone_has_left_the_other(imports: Imports) -> None:
    changes = teacher_at_two_schools().cell("users.csv", "orgSourcedIds", "s1").delta("users")
    for file in ("orgs", "academicSessions", "courses", "classes", "enrollments", "demographics"):
        changes = changes.without(f"{file}.csv").says(f"file.{file}", "absent")
    await apply_1_1(imports, teacher_at_two_schools(), changes)
    assert sorted(await values(imports, ACTIVE_ROLES)) == ["Ewa", "Jan"]


async def test_a_row_of_users_whose_id_cannot_be_read_ends_nobodys_roles(imports: Imports) -> None:
    export = teacher_at_two_schools()
    await apply_1_1(imports, export, export.cell("users.csv", "sourcedId", "", line=3), lenient=True)
    assert sorted(await values(imports, ACTIVE_ROLES)) == ["Ewa", "Ewa", "Jan"]


# What an export may hold, the events have to be able to tell.


def numbered(count: int) -> str:
    """A list of so many."""
    return ",".join(f"{number:03}" for number in range(count))


def many_terms(export: Export) -> None:
    """More parts of a year than an event of a school tells."""
    first = export.row("academicSessions", "t1")
    export.rows["academicSessions"] += [{**first, "sourcedId": f"t{number}"} for number in range(2, 202)]


def many_terms_of_a_class(export: Export) -> None:
    """More of them than an event of a class tells."""
    many_terms(export)
    export.row("classes", "3b")["termSourcedIds"] = ",".join(f"t{number}" for number in range(1, 60))
    export.rows["academicSessions"] = export.rows["academicSessions"][:100]


def many_roles(export: Export, count: int) -> None:
    """So many roles of a person."""
    role = export.row("roles", "iga-teacher")
    export.rows["roles"] += [{**role, "sourcedId": f"iga-{number}"} for number in range(2, count)]


LARGE: dict[str, Callable[[Export], object]] = {
    "a course's title of 101 characters, which is a subject's code where there is no other": lambda export: export.row(
        "courses", "k3"
    ).update({"title": "x" * 101, "subjects": "", "subjectCodes": ""}),
    "a subject's title of 201 characters": lambda export: export.row("courses", "k3").update(
        {"subjects": "x" * 201, "subjectCodes": "X"}
    ),
    "a subject's code of 101 characters": lambda export: export.row("courses", "k3").update(
        {"subjects": "x", "subjectCodes": "x" * 101}
    ),
    "101 subjects": lambda export: export.row("classes", "3b").update({"subjects": numbered(101)}),
    "a grade of 101 characters": lambda export: export.row("classes", "3b").update({"grades": "x" * 101}),
    "51 grades": lambda export: export.row("classes", "3b").update({"grades": numbered(51)}),
    "a code of 101 characters of what is taught": lambda export: export.row("enrollments", "iga-3b").update(
        {"metadata.subjects": "x" * 101}
    ),
    "101 codes of what is taught": lambda export: export.row("enrollments", "iga-3b").update(
        {"metadata.subjects": numbered(101)}
    ),
    "201 terms": many_terms,
    "59 terms of a class": many_terms_of_a_class,
    "201 roles of a person": lambda export: many_roles(export, 201),
    "5,001 roles of a person": lambda export: many_roles(export, 5_001),
}


@pytest.mark.parametrize("what", LARGE)
async def test_what_is_too_large_for_an_event_is_a_fault_before_anything_is_written(
    imports: Imports, what: str
) -> None:
    LARGE[what](export := small_export())
    report = await imports.run(export)
    if report.outcome is Outcome.REFUSED:
        assert report.findings.faults
        assert not await values(imports, "SELECT org_id FROM orgs")
    else:
        assert report.outcome is Outcome.APPLIED
        assert len(await imports.events()) == sum(created for created, *_ in counts(report).values())
