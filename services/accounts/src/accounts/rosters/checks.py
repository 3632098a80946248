"""What is wrong between the rows of an export, found in the staging tables all at once."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Mode, Release
from accounts.domain.oneroster.findings import KEPT
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "checks.sql")


@dataclass(frozen=True)
class Preparation:
    """A statement that prepares what checks after it look things up in, or sees to what those before it have left.

    With `known` it is told whether things of that file may be known from before; with `release` it is for that alone.
    """

    statement: str
    known: str | None = None
    release: Release | None = None


@dataclass(frozen=True)
class Check:
    """A statement that takes wrong rows of a file out, by a field of their shape; `known` is the file it refers to."""

    statement: str
    file: str
    field: str
    code: Code
    known: str | None = None


@dataclass(frozen=True)
class Wrong:
    """The lines that a check found, the first 10,000 of them, and how many there are in all."""

    check: Check
    lines: tuple[int, ...]
    count: int


_STEPS: tuple[Check | Preparation, ...] = (
    Check("org_twice", "orgs", "sourced_id", Code.ID_TWICE),
    Check("org_parent", "orgs", "parent_sourced_id", Code.REFERS_TO_NOTHING, "orgs"),
    Preparation("place_orgs", known="orgs"),
    Check("org_in_circle", "orgs", "parent_sourced_id", Code.ORGS_IN_CIRCLE),
    Check("term_twice", "academicSessions", "sourced_id", Code.ID_TWICE),
    Check("term_parent", "academicSessions", "parent_sourced_id", Code.REFERS_TO_NOTHING, "academicSessions"),
    Check("course_twice", "courses", "sourced_id", Code.ID_TWICE),
    Check("course_org", "courses", "org_sourced_id", Code.REFERS_TO_NOTHING),
    Check("course_year", "courses", "school_year_sourced_id", Code.REFERS_TO_NOTHING, "academicSessions"),
    Check("class_twice", "classes", "sourced_id", Code.ID_TWICE),
    Check("class_org", "classes", "school_sourced_id", Code.REFERS_TO_NOTHING),
    Check("class_school", "classes", "school_sourced_id", Code.NOT_IN_SCHOOL),
    Check("class_course", "classes", "course_sourced_id", Code.REFERS_TO_NOTHING, "courses"),
    Check("class_terms", "classes", "term_sourced_ids", Code.REFERS_TO_NOTHING, "academicSessions"),
    Check("person_twice", "users", "sourced_id", Code.ID_TWICE),
    Check("person_email", "users", "email", Code.EMAIL_SHARED),
    Preparation("drop_ties_of_taken"),
    Preparation("drop_roles_of_taken", release=Release.V1_1),
    Preparation("end_other_roles", release=Release.V1_1),
    Preparation("end_roles_handed_over", release=Release.V1_2),
    Check("role_twice", "roles", "sourced_id", Code.ID_TWICE),
    Check("role_too_many", "roles", "user_sourced_id", Code.TOO_MANY_ROLES),
    Check("role_person", "roles", "user_sourced_id", Code.REFERS_TO_NOTHING, "users"),
    Check("role_org", "roles", "org_sourced_id", Code.REFERS_TO_NOTHING),
    Preparation("end_roles_above_schools"),
    Check("birth_twice", "demographics", "sourced_id", Code.ID_TWICE),
    Check("birth_person", "demographics", "sourced_id", Code.REFERS_TO_NOTHING, "users"),
    Check("agent_person", "users", "agent_sourced_ids", Code.REFERS_TO_NOTHING, "users"),
    Preparation("find_families", known="roles"),
    Preparation("drop_births_of_others"),
    Preparation("find_ties"),
    Check("agent_student", "users", "agent_sourced_ids", Code.NOT_GUARDIAN_AND_STUDENT),
    Check("enrolment_twice", "enrollments", "sourced_id", Code.ID_TWICE),
    Check("enrolment_class", "enrollments", "class_sourced_id", Code.REFERS_TO_NOTHING, "classes"),
    Check("enrolment_person", "enrollments", "user_sourced_id", Code.REFERS_TO_NOTHING, "users"),
    Preparation("place_classes", known="classes"),
    Check("enrolment_school", "enrollments", "school_sourced_id", Code.OTHER_SCHOOL),
)
"""In the order of references."""


async def find_wrong_rows(
    connection: Connection, modes: Mapping[str, Mode], district: UUID, release: Release
) -> AsyncIterator[Wrong]:
    """Takes out every row that is wrong and tells what was taken."""

    def known_before(file: str | None) -> bool:
        return file is not None and modes.get(file) is not Mode.BULK

    for step in _STEPS:
        if isinstance(step, Preparation):
            if step.release in {None, release}:
                arguments = (known_before(step.known), district) if step.known else ()
                await connection.execute(SQL[step.statement], *arguments)
            continue
        taking = f"WITH taken AS ({SQL[step.statement]})\n{SQL['note_taken']}"
        rows = await connection.fetch(taking, known_before(step.known), district, KEPT)
        if rows:
            yield Wrong(step, tuple(row["line"] for row in rows), rows[0]["all_of_them"])
