"""Whatever two exports say one after the other: what holds afterwards is what the second says, and events tell it."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.databases import Databases
from tests.integration.accounts.rosters.any_export import two_exports
from tests.integration.accounts.rosters.export import AT, Export, Row, small_export
from tests.integration.accounts.rosters.importing import NOW, Imports, counts

from accounts.domain.oneroster.files import Mode
from accounts.rosters.importing import Outcome, Wishes
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    PersonChanged,
    RosterState,
    SchoolChanged,
    TermChanged,
)
from shared.runtime.postgres import Connection, connect

ANY_NUMBER = Wishes(most_ended=1.0)
TODAY = NOW.date()
TABLES = ("terms", "courses", "orgs", "classes", "people", "person_roles", "guardianships", "enrolments")
"""The tables of the roster."""

HOLDS = {table: "ends_on IS NULL OR ends_on >= $1" for table in TABLES if table != "courses"} | {
    "terms": "NOT withdrawn AND $1::date IS NOT NULL"
}
"""By what a row is not over; courses never are, and what they say, classes do."""

WORDS: Mapping[type, str] = {
    SchoolChanged: "schools",
    ClassChanged: "classes",
    PersonChanged: "people",
    GuardianshipChanged: "guardianships",
    EnrolmentChanged: "enrolments",
    TermChanged: "terms",
}
"""What the table of an import calls what an event tells of."""

SINGLE_CHANGES = [
    ("orgs", "s1", "name", "SP 1"),
    ("orgs", "s1", "parentSourcedId", ""),
    ("academicSessions", "t1", "title", "I"),
    ("academicSessions", "t1", "type", "term"),
    ("academicSessions", "t1", "startDate", "2026-09-02"),
    ("academicSessions", "t1", "endDate", "2027-01-22"),
    ("academicSessions", "t1", "parentSourcedId", ""),
    ("courses", "k3", "subjects", "matematyka,polski"),
    ("courses", "k3", "subjectCodes", "M,P"),
    ("classes", "3b", "title", "IIIb"),
    ("classes", "3b", "grades", "03,04"),
    ("classes", "3b", "courseSourcedId", ""),
    ("classes", "3b", "classType", "scheduled"),
    ("classes", "3b", "termSourcedIds", "y,t1"),
    ("classes", "3b", "subjects", "plastyka"),
    ("classes", "3c", "schoolSourcedId", "s2"),
    ("users", "ola", "givenName", "Aleksandra"),
    ("users", "ola", "familyName", "Ryś"),
    ("users", "ola", "preferredGivenName", "Olka"),
    ("users", "ola", "preferredFamilyName", "Ryś"),
    ("users", "ola", "agentSourcedIds", "jan"),
    ("users", "ola", "agentSourcedIds", "jan,ewa,iga"),
    ("users", "ola", "metadata.language", "en"),
    ("demographics", "ala", "birthDate", "2017-05-04"),
    ("demographics", "ala", "birthDate", ""),
    ("roles", "iga-teacher", "role", "principal"),
    ("roles", "iga-teacher", "role", "aide"),
    ("roles", "iga-teacher", "beginDate", "2026-10-01"),
    ("roles", "iga-teacher", "endDate", "2027-06-25"),
    ("roles", "iga-teacher", "endDate", "2026-10-31"),
    ("roles", "iga-teacher", "orgSourcedId", "s2"),
    ("roles", "iga-teacher", "orgSourcedId", "d"),
    ("enrollments", "iga-3b", "classSourcedId", "3c"),
    ("enrollments", "iga-3b", "userSourcedId", "ewa"),
    ("enrollments", "iga-3b", "role", "student"),
    ("enrollments", "iga-3b", "role", "proctor"),
    ("enrollments", "iga-3b", "primary", "false"),
    ("enrollments", "iga-3b", "metadata.subjects", "MAT,POL"),
    ("enrollments", "iga-3b", "beginDate", "2026-10-01"),
    ("enrollments", "iga-3b", "endDate", "2027-06-25"),
    ("enrollments", "iga-3b", "endDate", "2026-10-31"),
]
"""Of each column that counts another value, where all else is as in the small export."""

Two = tuple[Export, Export]
State = Mapping[str, set[str]]

some_examples = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def module_url(postgres_server: str) -> Iterator[str]:
    """A database for all that is tried here."""
    databases = Databases(postgres_server)
    yield asyncio.run(databases.create("accounts", ["accounts"]))
    asyncio.run(databases.close())


def trying(url: str, what: Callable[[Imports], Awaitable[None]]) -> None:
    """Tries it in an empty roster."""

    async def run() -> None:
        connection = await connect(url, application="tests")
        try:
            with TemporaryDirectory() as folder:
                imports = Imports(connection, Path(folder))
                await forget(imports)
                await what(imports)
        finally:
            await connection.close()

    asyncio.run(run())


async def forget(imports: Imports) -> None:
    """Empties the roster."""
    for table in (*TABLES, "districts", "outbox"):
        await imports.connection.execute(f"DELETE FROM {table}")  # noqa: S608


async def apply(imports: Imports, export: Export) -> Mapping[str, tuple[int, int, int, int]]:
    """Imports an export that is right; what was created, changed, ended and left unchanged."""
    report = await imports.again(export, ANY_NUMBER)
    assert report.outcome is Outcome.APPLIED, report.findings.faults
    assert report.passed == 0
    return counts(report)


async def active_state(connection: Connection) -> State:
    """What holds: every row that is not over, without the count of its changes."""
    state = {}
    for table, holds in HOLDS.items():
        rows = await connection.fetch(
            f"SELECT (to_jsonb(row) - 'version')::text AS row FROM {table} AS row WHERE {holds}",  # noqa: S608
            TODAY,
        )
        state[table] = {row["row"] for row in rows}
    return state


async def last_events(imports: Imports) -> Mapping[str, RosterState]:
    """What was last told of each aggregate, by its id."""
    return {event.key: in_order(event.data) for event in await imports.events()}


async def aggregates(connection: Connection) -> Mapping[str, RosterState]:
    """What there is to tell of each aggregate, by its id: its row, in the words of its event."""

    async def rows(query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await connection.fetch(query)]

    roles = await rows("SELECT * FROM person_roles")
    schools = await rows("SELECT *, org_id AS school_id FROM orgs WHERE kind = 'school'")
    classes = await rows("SELECT * FROM classes")
    people = await rows("SELECT * FROM people")
    found: list[RosterState] = [
        *(SchoolChanged.model_validate(row) for row in schools),
        *(TermChanged.model_validate(row) for row in await rows("SELECT * FROM terms")),
        *(ClassChanged.model_validate({**row, "subjects": json.loads(row["subjects"])}) for row in classes),
        *(PersonChanged.model_validate({**row, "roles": of(row["person_id"], roles)}) for row in people),
        *(GuardianshipChanged.model_validate(row) for row in await rows("SELECT * FROM guardianships")),
        *(EnrolmentChanged.model_validate(row) for row in await rows("SELECT * FROM enrolments")),
    ]
    return {each.key: in_order(each) for each in found}


def of(person: UUID, roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roles of a person that are not over."""
    return [role for role in roles if role["person_id"] == person and (role["ends_on"] or TODAY) >= TODAY]


def in_order(data: RosterState) -> RosterState:
    """The data, with roles in an order that depends on nothing else."""
    return data.model_copy(update={"roles": tuple(sorted(data.roles, key=str))} if hasattr(data, "roles") else {})


def difference(before: Export, after: Export) -> Export:
    """The delta that makes the second of the first."""
    changed: dict[str, list[Row]] = {}
    for file, rows in after.rows.items():
        old = {row["sourcedId"]: row for row in before.rows[file]}
        kept = {row["sourcedId"] for row in rows}
        changed[file] = [
            *({**row, "status": "active"} for row in rows if old.get(row["sourcedId"]) != row),
            *({**row, "status": "tobedeleted"} for name, row in old.items() if name not in kept),
        ]
    return Export(
        {file: [{**row, "dateLastModified": AT} for row in rows] for file, rows in changed.items()}, Mode.DELTA
    )


@pytest.mark.parametrize(("file", "name", "column", "value"), SINGLE_CHANGES)
def test_one_value_that_differs_is_noticed(file: str, name: str, column: str, value: str, module_url: str) -> None:
    changed = small_export()
    changed.row(file, name)[column] = value

    async def what(imports: Imports) -> None:
        await apply(imports, changed)
        expected = await active_state(imports.connection)
        await forget(imports)
        await apply(imports, small_export())
        before = await aggregates(imports.connection)
        await imports.connection.execute("DELETE FROM outbox")
        await apply(imports, changed)
        assert await active_state(imports.connection) == expected
        now = await aggregates(imports.connection)
        assert await last_events(imports) == {key: now[key] for key in now if now[key] != before.get(key)} != {}

    trying(module_url, what)


@some_examples
@given(two=two_exports())
def test_what_holds_after_two_exports_is_what_the_second_says(two: Two, module_url: str) -> None:
    async def what(imports: Imports) -> None:
        alone = []
        for export in two:
            await forget(imports)
            await apply(imports, export)
            alone.append(await active_state(imports.connection))
        for export, expected in zip(two, alone, strict=True):  # the second stands there already
            await apply(imports, export)
            assert await active_state(imports.connection) == expected

    trying(module_url, what)


@some_examples
@given(two=two_exports())
def test_the_last_event_of_each_aggregate_tells_its_row(two: Two, module_url: str) -> None:
    async def what(imports: Imports) -> None:
        for export in two:
            await apply(imports, export)
            assert await last_events(imports) == await aggregates(imports.connection)

    trying(module_url, what)


@some_examples
@given(two=two_exports())
def test_each_export_tells_what_it_says_that_it_changed_and_nothing_when_it_comes_again(
    two: Two, module_url: str
) -> None:
    async def what(imports: Imports) -> None:
        for export in two:
            await imports.connection.execute("DELETE FROM outbox")
            changed = {what: sum(numbers[:3]) for what, numbers in (await apply(imports, export)).items()}
            events = await imports.events()
            assert Counter(WORDS[type(event.data)] for event in events) == Counter(changed)
            assert len({event.key for event in events}) == len(events)
            await imports.connection.execute("DELETE FROM outbox")
            unchanged = await apply(imports, export)
            assert {numbers[:3] for numbers in unchanged.values()} == {(0, 0, 0)}
            assert not await imports.events()

    trying(module_url, what)


@some_examples
@given(two=two_exports(for_delta=True))
def test_a_delta_leaves_what_the_whole_export_would_leave(two: Two, module_url: str) -> None:
    before, after = two
    delta = difference(before, after)
    assume(any(delta.rows.values()))

    async def what(imports: Imports) -> None:
        await apply(imports, before)
        await apply(imports, after)
        expected = await active_state(imports.connection)
        await forget(imports)
        await apply(imports, before)
        await apply(imports, delta)
        assert await active_state(imports.connection) == expected
        assert await last_events(imports) == await aggregates(imports.connection)

    trying(module_url, what)
