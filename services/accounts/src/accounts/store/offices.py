"""What an office looks at: schools, their classes, and how many there have logins."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.domain.school_logins import Kind
from accounts.store.school_logins import School
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "offices.sql")

_YEAR_AND_LETTER = re.compile(r"(\d*)(.*)")


@dataclass(frozen=True)
class ClassPlace:
    """A class of a school."""

    class_id: UUID
    title: str
    school: School


@dataclass(frozen=True)
class ClassCounts:
    """A homeroom class: its pupils, the `people` who are to have a login with their guardians, what they have.

    A guardian of two pupils counts twice, because there is a login for each; of `unused` ones the printed password was
    not used yet.
    """

    class_id: UUID
    title: str
    pupils: int
    people: int
    logins: int
    unused: int


@dataclass(frozen=True)
class LoginPlace:
    """Where a login belongs: the school where its owner works, or those of the pair's pupil, and that one's classes."""

    kind: Kind
    student_id: UUID | None
    schools: Sequence[UUID]
    classes: Sequence[UUID]


async def schools(connection: Connection, school_ids: Iterable[UUID]) -> list[School]:
    """Those of the schools that there are, by their names."""
    return [School(**row) for row in await connection.fetch(SQL["schools"], list(school_ids))]


async def classes(connection: Connection, class_ids: Iterable[UUID], on: date) -> list[ClassPlace]:
    """Those of the classes that are not over, by their schools' names and their own."""
    rows = await connection.fetch(SQL["classes"], list(class_ids), on)
    return [
        ClassPlace(row["class_id"], row["title"], School(row["school_id"], row["district_id"], row["name"]))
        for row in rows
    ]


async def counts(connection: Connection, school_id: UUID, on: date) -> list[ClassCounts]:
    """The homeroom classes of a school: 1a, 2a, 10a."""
    found = [ClassCounts(**row) for row in await connection.fetch(SQL["counts"], school_id, on)]
    return sorted(found, key=lambda each: _in_school_order(each.title))


async def whose_login(connection: Connection, login_id: UUID, on: date) -> LoginPlace | None:
    """Where a login belongs, if it is not over."""
    row = await connection.fetchrow(SQL["whose_login"], login_id, on)
    return row and LoginPlace(**{**row, "kind": Kind(row["kind"])})


def _in_school_order(title: str) -> tuple[int, str]:
    found = _YEAR_AND_LETTER.fullmatch(title.casefold().replace("\n", " "))
    year, rest = found.groups() if found else ("", title)
    return int(year or 0), rest
