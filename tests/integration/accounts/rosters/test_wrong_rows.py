"""What is wrong between the rows of an export: each is told with its place, and nothing is half-applied."""

from collections.abc import Callable

import pytest
from tests.integration.accounts.rosters.export import Export, delta, small_export
from tests.integration.accounts.rosters.importing import Imports, counts, found

from accounts.rosters import checks
from accounts.rosters.importing import Outcome, Wishes
from shared.contracts.roster import GuardianshipChanged, PersonChanged

Spoil = Callable[[Export], object]
LENIENT = Wishes(lenient=True)


def put(file: str, name: str, **values: str) -> Spoil:
    """Other values in the row with this id."""
    return lambda export: export.row(file, name).update(values)


def twice(file: str, name: str) -> Spoil:
    """The row once more."""
    return lambda export: export.rows[file].append(dict(export.row(file, name)))


def put_in_circle(export: Export) -> None:
    """The second school is a part of a department of its own, and nobody is anything there."""
    export.row("orgs", "s2")["parentSourcedId"] = "s3"
    export.rows["orgs"].append({"sourcedId": "s3", "name": "x", "type": "department", "parentSourcedId": "s2"})
    export.remove("roles", "iga-guardian")


def give_too_many_roles(export: Export) -> None:
    """Iga has two roles already."""
    role = export.row("roles", "iga-teacher")
    export.rows["roles"] += [{**role, "sourcedId": f"iga-{number}"} for number in range(4_999)]


WRONG: dict[str, tuple[Spoil, set[tuple[str, int, str, str]]]] = {
    "an org twice": (twice("orgs", "s2"), {("orgs.csv", 5, "sourcedId", "id_twice")}),
    "a parent that is nobody": (
        put("orgs", "s2", parentSourcedId="x"),
        {
            ("orgs.csv", 4, "parentSourcedId", "refers_to_nothing"),
            ("roles.csv", 7, "orgSourcedId", "refers_to_nothing"),
        },
    ),
    "orgs that are parts of each other": (
        put_in_circle,
        {
            ("orgs.csv", 4, "parentSourcedId", "orgs_in_circle"),
            ("orgs.csv", 5, "parentSourcedId", "orgs_in_circle"),
        },
    ),
    "a term twice": (twice("academicSessions", "t1"), {("academicSessions.csv", 4, "sourcedId", "id_twice")}),
    "a term of no year": (
        put("academicSessions", "t1", parentSourcedId="x"),
        {("academicSessions.csv", 3, "parentSourcedId", "refers_to_nothing")},
    ),
    "a course twice": (twice("courses", "k3"), {("courses.csv", 3, "sourcedId", "id_twice")}),
    "a course of no year": (
        put("courses", "k3", schoolYearSourcedId="x"),
        {
            ("courses.csv", 2, "schoolYearSourcedId", "refers_to_nothing"),
            ("classes.csv", 2, "courseSourcedId", "refers_to_nothing"),
            ("classes.csv", 3, "courseSourcedId", "refers_to_nothing"),
            *(("enrollments.csv", row, "classSourcedId", "refers_to_nothing") for row in (2, 3, 4)),
        },
    ),
    "a class twice": (twice("classes", "3c"), {("classes.csv", 4, "sourcedId", "id_twice")}),
    "a class of no school": (
        put("classes", "3c", schoolSourcedId="d"),
        {("classes.csv", 3, "schoolSourcedId", "not_in_school")},
    ),
    "a class of nobody": (
        put("classes", "3c", schoolSourcedId="x"),
        {("classes.csv", 3, "schoolSourcedId", "refers_to_nothing")},
    ),
    "a class of no course": (
        put("classes", "3c", courseSourcedId="x"),
        {("classes.csv", 3, "courseSourcedId", "refers_to_nothing")},
    ),
    "a class in no term": (
        put("classes", "3c", termSourcedIds="y,x"),
        {("classes.csv", 3, "termSourcedIds", "refers_to_nothing")},
    ),
    "a person twice": (twice("users", "ewa"), {("users.csv", 7, "sourcedId", "id_twice")}),
    "an address of two": (
        put("users", "ewa", email="JAN@example.org"),
        {
            ("users.csv", 5, "email", "email_shared"),
            ("users.csv", 2, "agentSourcedIds", "refers_to_nothing"),
            ("users.csv", 3, "agentSourcedIds", "refers_to_nothing"),
            ("roles.csv", 5, "userSourcedId", "refers_to_nothing"),
        },
    ),
    "a role twice": (twice("roles", "iga-teacher"), {("roles.csv", 8, "sourcedId", "id_twice")}),
    "more roles than can be told": (
        give_too_many_roles,
        {("roles.csv", row, "userSourcedId", "too_many_roles") for row in range(6, 6 + 5_001)},
    ),
    "a role of nobody": (
        put("roles", "iga-guardian", userSourcedId="x"),
        {("roles.csv", 7, "userSourcedId", "refers_to_nothing")},
    ),
    "a role nowhere": (
        put("roles", "iga-guardian", orgSourcedId="x"),
        {("roles.csv", 7, "orgSourcedId", "refers_to_nothing")},
    ),
    "a birth of nobody": (
        put("demographics", "ala", sourcedId="x"),
        {("demographics.csv", 2, "sourcedId", "refers_to_nothing")},
    ),
    "a guardian who is nobody": (
        put("users", "ola", agentSourcedIds="jan,x"),
        {("users.csv", 3, "agentSourcedIds", "refers_to_nothing")},
    ),
    "a guardian who is a pupil": (
        put("users", "ola", agentSourcedIds="jan,ala"),
        {("users.csv", 3, "agentSourcedIds", "not_guardian_and_student")},
    ),
    "a guardian of a guardian": (
        put("users", "jan", agentSourcedIds="ewa"),
        {("users.csv", 4, "agentSourcedIds", "not_guardian_and_student")},
    ),
    "an enrolment twice": (twice("enrollments", "ala-3b"), {("enrollments.csv", 5, "sourcedId", "id_twice")}),
    "an enrolment in no class": (
        put("enrollments", "ala-3b", classSourcedId="x"),
        {("enrollments.csv", 2, "classSourcedId", "refers_to_nothing")},
    ),
    "an enrolment of nobody": (
        put("enrollments", "ala-3b", userSourcedId="x"),
        {("enrollments.csv", 2, "userSourcedId", "refers_to_nothing")},
    ),
    "an enrolment at another school": (
        put("enrollments", "ala-3b", schoolSourcedId="s2"),
        {("enrollments.csv", 2, "schoolSourcedId", "other_school")},
    ),
}


def test_every_code_of_this_kind_has_a_case() -> None:
    found_by_checks = {step.code for step in checks._STEPS if isinstance(step, checks.Check)}
    assert {code for _, expected in WRONG.values() for *_, code in expected} == found_by_checks


@pytest.mark.parametrize("what", WRONG)
async def test_strict_import_tells_every_wrong_row_and_changes_nothing(imports: Imports, what: str) -> None:
    spoil, expected = WRONG[what]
    spoil(export := small_export())
    report = await imports.run(export)
    assert found(report) == expected
    assert report.outcome is Outcome.REFUSED
    assert not await imports.events()
    assert not await imports.connection.fetchval("SELECT count(*) FROM districts")


@pytest.mark.parametrize("what", WRONG)
async def test_lenient_import_leaves_wrong_rows_out_and_ends_nothing_that_they_tell_of(
    imports: Imports, what: str
) -> None:
    await imports.run(small_export())
    spoil, expected = WRONG[what]
    spoil(export := small_export())
    report = await imports.run(export, LENIENT)
    assert report.outcome is Outcome.APPLIED
    assert found(report) == expected
    assert {ended for _, _, ended, _ in counts(report).values()} == {0}


async def test_a_fault_shows_the_value(imports: Imports) -> None:
    export = small_export()
    export.row("enrollments", "ala-3b")["classSourcedId"] = "no such class"
    [fault] = (await imports.run(export)).findings.faults
    assert fault.value == "no such class"


async def test_a_delta_may_refer_to_what_was_known_before_in_the_same_district_alone(imports: Imports) -> None:
    moved = {
        "sourcedId": "ala-3c",
        "classSourcedId": "3c",
        "schoolSourcedId": "s1",
        "userSourcedId": "ala",
        "role": "student",
    }
    changes = delta(enrollments=[moved])
    await imports.run(small_export())
    assert counts(await imports.run(changes))["enrolments"] == (1, 0, 0, 0)
    changes.code = "gmina-klonowa"
    report = await imports.run(changes, Wishes(new_district=True))
    assert {code for *_, code in found(report)} == {"refers_to_nothing"}


async def test_rows_that_cannot_be_read_are_left_out_and_what_they_tell_of_is_not_over(imports: Imports) -> None:
    await imports.run(small_export())
    export = small_export()
    export.row("users", "ola")["enabledUser"] = "perhaps"
    report = await imports.run(export, LENIENT)
    assert report.outcome is Outcome.APPLIED
    assert {ended for _, _, ended, _ in counts(report).values()} == {0}
    assert not await imports.events_of(PersonChanged)


async def test_what_a_row_that_was_left_out_says_has_no_effect(imports: Imports) -> None:
    export = small_export()
    export.rows["users"].append({**export.row("users", "iga"), "sourcedId": "piotr", "givenName": "Piotr", "email": ""})
    export.row("users", "ala")["agentSourcedIds"] = "jan"
    export.rows["users"].append({**export.row("users", "ala"), "agentSourcedIds": "piotr"})
    await imports.run(export, LENIENT)
    assert len(await imports.events_of(GuardianshipChanged)) == 3
