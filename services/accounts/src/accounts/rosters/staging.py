"""Rows of an export into staging tables, by COPY, a few thousand at a time; ids are made on the way."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from uuid_utils import UUID as FastUUID  # noqa: N811 - as in ids

from accounts.domain.oneroster.rows import (
    Class,
    Course,
    Demographics,
    Enrollment,
    Org,
    RoleOf,
    Row,
    Session,
    User,
)
from accounts.domain.roster import CLASS_KINDS, IN_CLASS, ROLES, SESSION_KINDS, last_day
from accounts.rosters.ids import Ids
from accounts.rosters.reading import Part
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "staging.sql")

AT_ONCE = 5_000
GONE = "tobedeleted"

Record = tuple[Any, ...]
Subjects = str
"""JSON: `[{"code": , "title": }]`, in their order."""


class Staging:
    """The staging tables of one connection; they are gone with it."""

    def __init__(self, connection: Connection, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids
        self._records: Mapping[type[Row], Mapping[str, Callable[[Any], Iterable[Record]]]] = {
            Org: {"stage_orgs": self._org},
            Session: {"stage_terms": self._term},
            Course: {"stage_courses": self._course},
            Class: {"stage_classes": self._class},
            User: {"stage_people": self._person, "stage_agents": self._agents},
            RoleOf: {"stage_roles": self._role},
            Enrollment: {"stage_enrolments": self._enrolment},
            Demographics: {"stage_births": self._birth},
        }

    async def create(self) -> None:
        """Makes the tables, empty."""
        await self._connection.execute(SQL["create"])

    async def take(self, part: Part) -> AsyncIterator[int]:
        """Takes the rows of a part; yields how many, again and again."""
        rows = iter(part.rows)
        while some := list(islice(rows, AT_ONCE)):
            for table, records_of in self._records[type(some[0])].items():
                records = [record for row in some for record in records_of(row)]
                await self._connection.copy_records_to_table(table, records=records)
            yield len(some)

    async def analyze(self) -> None:
        """Lets PostgreSQL know how much there is of what."""
        await self._connection.execute(SQL["analyze"])

    async def spare(self, ids: Sequence[FastUUID]) -> None:
        """These are in the export, though not as they should be: what they tell of is not over."""
        await self._connection.copy_records_to_table("spared", records=[(each,) for each in ids])

    def _org(self, row: Org) -> Iterable[Record]:
        parent = row.parent_sourced_id and self._ids.org(row.parent_sourced_id)
        yield row.line, self._ids.org(row.sourced_id), row.type, row.name, parent, row.status == GONE

    def _term(self, row: Session) -> Iterable[Record]:
        parent = row.parent_sourced_id and self._ids.term(row.parent_sourced_id)
        kind = SESSION_KINDS[row.type]
        yield (
            row.line,
            self._ids.term(row.sourced_id),
            kind,
            row.title,
            row.start_date,
            last_day(row.end_date),
            parent,
            row.status == GONE,
        )

    def _course(self, row: Course) -> Iterable[Record]:
        year = row.school_year_sourced_id and self._ids.term(row.school_year_sourced_id)
        subjects = _subjects(row.subjects or (row.title,), row.subject_codes)
        yield (
            row.line,
            self._ids.course(row.sourced_id),
            self._ids.org(row.org_sourced_id),
            year,
            row.title,
            subjects,
            row.status == GONE,
        )

    def _class(self, row: Class) -> Iterable[Record]:
        yield (
            row.line,
            self._ids.class_(row.sourced_id),
            self._ids.org(row.school_sourced_id),
            row.course_sourced_id and self._ids.course(row.course_sourced_id),
            CLASS_KINDS[row.class_type],
            row.title,
            row.grades,
            _subjects(row.subjects, row.subject_codes),
            [self._ids.term(term) for term in row.term_sourced_ids],
            row.status == GONE,
        )

    def _person(self, row: User) -> Iterable[Record]:
        yield (
            row.line,
            self._ids.person(row.sourced_id),
            row.preferred_given_name or row.given_name,
            row.preferred_family_name or row.family_name,
            row.language,
            row.email and row.email.casefold(),
            row.status == GONE,
        )

    def _agents(self, row: User) -> Iterable[Record]:
        if row.status == GONE or not row.agent_sourced_ids:
            return
        person = self._ids.person(row.sourced_id)
        for agent in dict.fromkeys(row.agent_sourced_ids):
            yield row.line, self._ids.guardianship(row.sourced_id, agent), person, self._ids.person(agent)

    def _role(self, row: RoleOf) -> Iterable[Record]:
        yield (
            row.line,
            self._ids.role(row.user_sourced_id, row.sourced_id),
            self._ids.role_row(row.sourced_id),
            self._ids.person(row.user_sourced_id),
            self._ids.org(row.org_sourced_id),
            role := ROLES.get(row.role),
            row.begin_date,
            last_day(row.end_date),
            row.status == GONE or role is None,
        )

    def _enrolment(self, row: Enrollment) -> Iterable[Record]:
        yield (
            row.line,
            self._ids.enrolment(row.sourced_id),
            self._ids.org(row.school_sourced_id),
            self._ids.class_(row.class_sourced_id),
            self._ids.person(row.user_sourced_id),
            row.role,
            bool(row.primary),
            row.taught,
            row.begin_date,
            last_day(row.end_date),
            row.status == GONE or row.role not in IN_CLASS,
        )

    def _birth(self, row: Demographics) -> Iterable[Record]:
        yield row.line, self._ids.person(row.sourced_id), row.birth_date, row.status == GONE


def _subjects(titles: Sequence[str], codes: Sequence[str]) -> Subjects:
    """Subjects with their codes; where there are not as many codes all go by their titles."""
    if len(codes) != len(titles):
        codes = titles
    return json.dumps([{"code": code, "title": title} for code, title in zip(codes, titles, strict=True)])
