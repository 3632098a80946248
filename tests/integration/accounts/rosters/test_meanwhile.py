"""Somebody at a school changes a row while an import is under way: theirs stays, and the next import brings the rest.

When the import begins to write it has compared already. What was changed in between it meets in one of two ways: it is
there, or the import waits until it is committed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.commands import run_command
from tests.integration.accounts.rosters.export import Export, small_export
from tests.integration.accounts.rosters.importing import NOW, Imports
from tests.waiting import until

from accounts.rosters.ids import Ids, district_id
from accounts.rosters.importing import Outcome, Report, Stage, Wishes, import_roster
from shared.contracts.roster import ClassChanged, EnrolmentChanged, GuardianshipChanged, PersonChanged, SchoolChanged
from shared.runtime.postgres import connect

IDS = Ids(district_id(small_export().code))
ANY_NUMBER = Wishes(most_ended=1.0)
SECONDS = 60


def other_titles(export: Export) -> None:
    """Both classes are called otherwise."""
    for each in ("3b", "3c"):
        export.row("classes", each)["title"] = "III"


def another_surname(export: Export) -> None:
    """Both pupils are called otherwise."""
    for pupil in ("ala", "ola"):
        export.row("users", pupil)["familyName"] = "Ryś"


def without_jan(export: Export) -> None:
    """Jan is nobody's guardian any more."""
    for pupil in ("ala", "ola"):
        export.row("users", pupil)["agentSourcedIds"] = "ewa"


def until_christmas(export: Export) -> None:
    """Both pupils leave the class before Christmas."""
    for place in ("ala-3b", "ola-3b"):
        export.row("enrollments", place)["endDate"] = "2026-12-22"


def other_names_of_schools(export: Export) -> None:
    """Both schools are called otherwise."""
    for school in ("s1", "s2"):
        export.row("orgs", school)["name"] = "SP"


@dataclass(frozen=True)
class Case:
    """What an export changes in two rows of a table, and what somebody changes in the first of them meanwhile.

    `column` is one that the export changes; `before` and `after` stand there in the first row.
    """

    table: str
    key: str
    rows: tuple[UUID, UUID]
    export: Callable[[Export], None]
    somebody: str
    column: str
    before: object
    after: object
    event: type

    def __str__(self) -> str:
        return self.table

    @property
    def statement(self) -> str:
        """What somebody does."""
        return f"UPDATE {self.table} SET {self.somebody}, version = version + 1 WHERE {self.key} = '{self.rows[0]}'"  # noqa: S608


def ids(*made: object) -> tuple[UUID, UUID]:
    """Two ids as the database gives them."""
    first, second = (UUID(str(each)) for each in made)
    return first, second


PEOPLE = Case(
    "people",
    "person_id",
    ids(IDS.person("ala"), IDS.person("ola")),
    another_surname,
    "language = 'en'",
    "family_name",
    "Lis",
    "Ryś",
    PersonChanged,
)
SCHOOLS = Case(
    "orgs",
    "org_id",
    ids(IDS.org("s1"), IDS.org("s2")),
    other_names_of_schools,
    "parent_id = NULL",
    "name",
    "Szkoła nr 1",
    "SP",
    SchoolChanged,
)
IN_STRETCHES = [
    PEOPLE,
    Case(
        "classes",
        "class_id",
        ids(IDS.class_("3b"), IDS.class_("3c")),
        other_titles,
        "grades = '{04}'",
        "title",
        "3b",
        "III",
        ClassChanged,
    ),
    Case(
        "guardianships",
        "guardianship_id",
        ids(IDS.guardianship("ala", "jan"), IDS.guardianship("ola", "jan")),
        without_jan,
        "sign = false",
        "ends_on",
        None,
        NOW.date() - timedelta(days=1),
        GuardianshipChanged,
    ),
    Case(
        "enrolments",
        "enrolment_id",
        ids(IDS.enrolment("ala-3b"), IDS.enrolment("ola-3b")),
        until_christmas,
        "begins_on = '2026-10-01'",
        "ends_on",
        None,
        date(2026, 12, 21),
        EnrolmentChanged,
    ),
]

Meanwhile = Callable[[Imports, Export, str, str], Awaitable[Report]]
"""Imports the export while somebody carries a statement out in the database with this URL."""


async def before_it_is_written(imports: Imports, export: Export, url: str, statement: str) -> Report:
    """It is committed when the schools are written, and nothing else is yet."""
    wrote = False

    async def carry_out() -> None:
        connection = await connect(url, application="somebody")
        await connection.execute(statement)
        await connection.close()

    def tell(stage: str, done: int, total: int | None) -> None:
        nonlocal wrote
        if stage == Stage.WRITING and not wrote:
            wrote = True
            with ThreadPoolExecutor(1) as thread:  # because this one runs the import, which waits for this
                thread.submit(asyncio.run, carry_out()).result()

    return await import_roster(
        imports.connection, export.write(imports.folder), ANY_NUMBER, now=imports.now, progress=tell
    )


async def while_it_waits(imports: Imports, export: Export, url: str, statement: str) -> Report:
    """It has begun when the import compares, and is committed when the import is about to write the same row."""
    async with committed_when_awaited(url, statement):
        importing = asyncio.create_task(imports.again(export, ANY_NUMBER))
    return await importing


@asynccontextmanager
async def committed_when_awaited(url: str, statement: str) -> AsyncIterator[None]:
    """Carries the statement out before what is within, and commits it when that waits for it."""
    connection = await connect(url, application="somebody")

    async def is_awaited() -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        return bool(await connection.fetchval(waiting))

    async with connection.transaction():
        await connection.execute(statement)
        yield
        await until(is_awaited, seconds=SECONDS)
    await connection.close()


async def column_of(imports: Imports, case: Case) -> list[object]:
    """What stands in the column of the two rows, with their versions."""
    rows = await imports.connection.fetch(
        f"SELECT {case.key} AS id, {case.column} AS value, version FROM {case.table} WHERE {case.key} = ANY ($1)",  # noqa: S608
        case.rows,
    )
    found = {row["id"]: (row["value"], row["version"]) for row in rows}
    return [found[each] for each in case.rows]


async def told(imports: Imports) -> Sequence[tuple[str, int]]:
    """Whom the events of the outbox are of, and their versions."""
    return [(event.key, event.data.version) for event in await imports.events()]


@pytest.mark.parametrize(
    ("case", "meanwhile"),
    [
        *((case, way) for case in IN_STRETCHES for way in (before_it_is_written, while_it_waits)),
        (SCHOOLS, while_it_waits),
    ],
    ids=lambda value: str(value) if isinstance(value, Case) else value.__name__,
)
async def test_a_row_that_somebody_has_just_changed_is_passed_and_the_next_import_brings_it(
    imports: Imports, url: str, case: Case, meanwhile: Meanwhile
) -> None:
    await imports.run(small_export())
    await imports.connection.execute("DELETE FROM outbox")
    case.export(export := small_export())
    theirs, other = map(str, case.rows)

    report = await meanwhile(imports, export, url, case.statement)
    assert report.outcome is Outcome.APPLIED
    assert report.passed == 1
    assert await column_of(imports, case) == [(case.before, 2), (case.after, 2)]
    assert await told(imports) == [(other, 2)]

    report = await imports.run(export, ANY_NUMBER)
    assert report.passed == 0
    assert await column_of(imports, case) == [(case.after, 3), (case.after, 2)]
    assert await told(imports) == [(theirs, 3)]
    [event] = await imports.events_of(case.event)
    assert getattr(event, case.column) == case.after


async def test_a_person_who_is_passed_keeps_the_roles_as_they_were_until_the_next_import(
    imports: Imports, url: str
) -> None:
    await imports.run(small_export())
    await imports.connection.execute("DELETE FROM outbox")
    export = small_export()
    export.remove("roles", "iga-guardian")
    active = "SELECT role FROM person_roles WHERE person_id = $1 AND ends_on IS NULL ORDER BY role"
    iga = str(IDS.person("iga"))

    changed = f"UPDATE people SET language = 'en', version = version + 1 WHERE person_id = '{iga}'"  # noqa: S608
    assert (await before_it_is_written(imports, export, url, changed)).passed == 1
    assert [row["role"] for row in await imports.connection.fetch(active, iga)] == ["guardian", "teacher"]
    assert not await imports.events()

    assert not (await imports.run(export)).passed
    assert [row["role"] for row in await imports.connection.fetch(active, iga)] == ["teacher"]
    [event] = await imports.events_of(PersonChanged)
    assert [role.role for role in event.roles] == ["teacher"]


async def test_an_operator_is_told_to_run_it_again(imports: Imports, url: str, tmp_path: Path) -> None:
    await imports.run(small_export())
    another_surname(export := small_export())
    path = export.write(tmp_path)
    async with committed_when_awaited(url, PEOPLE.statement):
        importing = asyncio.create_task(run_command(url, "accounts", "roster", "import", str(path)))
    code, printed = await importing
    assert code == 0
    assert printed.splitlines()[-1] == "Changed by somebody else meanwhile: 1 row. Run it again."

    code, printed = await run_command(url, "accounts", "roster", "import", str(path))
    assert code == 0
    assert "meanwhile" not in printed
    assert await column_of(imports, PEOPLE) == [("Ryś", 3), ("Ryś", 2)]
