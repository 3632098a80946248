"""An import that is killed in its middle goes on when it is started again, and ends as if nothing had happened.

What stops it at a certain place is a row of somebody else's who has not committed it: the import waits for them to.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.commands import run_command
from tests.databases import Databases
from tests.integration.accounts.rosters.export import small_export
from tests.waiting import until

from devstack.district.plan import Plan
from devstack.district.writing import write_district
from devstack.process import Process
from shared.runtime.postgres import Connection, connect

ROSTER = {
    "districts": "district_id",
    "orgs": "org_id",
    "terms": "term_id",
    "courses": "course_id",
    "classes": "class_id",
    "people": "person_id",
    "person_roles": "role_id",
    "guardianships": "guardianship_id",
    "enrolments": "enrolment_id",
}
"""The tables of the roster with their keys, by which their rows are written in order."""

UNDER_WAY = (1, "another import of this district is under way: wait for its end, then start this again\n")
SECONDS = 60
"""What a command may take on a machine that is busy with other tests."""

Tables = dict[str, list[str]]
Told = Counter[tuple[str, str, str, bytes]]


@dataclass(frozen=True)
class Place:
    """A row that the import writes: a table, and which of its rows in the order of their keys."""

    table: str
    row: int

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


BEFORE_ALL = Place("districts", 0)
AMONG_CLASSES = Place("classes", 100)
AMONG_PEOPLE = Place("people", 5_000)
AMONG_GUARDIANSHIPS = Place("guardianships", 3_000)
AMONG_ENROLMENTS = Place("enrolments", 3_000)
"""In the order in which they are written."""


@dataclass(frozen=True)
class Whole:
    """An export, and what stands and what was told when it was imported without interruption."""

    path: Path
    tables: Tables
    told: Told


@dataclass(frozen=True)
class District:
    """All of a district, and the changes of some weeks."""

    all_of_it: Whole
    changes: Whole


@pytest.fixture(scope="module")
def district(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    """3,000 pupils, their guardians and their teachers, at five schools."""
    folder = tmp_path_factory.mktemp("district")
    databases = Databases(postgres_server)

    async def imported(url: str, name: str, changes: float | None) -> Whole:
        write_district(Plan(students=3000, schools=5, changes=changes), path := folder / f"{name}.zip")
        connection = await connect(url, application="tests")
        await connection.execute("DELETE FROM outbox")
        code, printed = await import_(path, url)
        assert code == 0, printed
        try:
            return Whole(path, await tables_of(connection), await told_of(connection))
        finally:
            await connection.close()

    async def imported_twice() -> District:
        url = await databases.create("accounts", ["accounts"])
        return District(await imported(url, "all", None), await imported(url, "changes", 10))

    yield asyncio.run(imported_twice())
    asyncio.run(databases.close())


@pytest.fixture
def whole(district: District) -> Whole:
    """All of the district."""
    return district.all_of_it


@pytest.fixture
async def importing(whole: Whole, url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """The import of the district, to be started as an operator does, in a process of its own."""
    process = import_process(whole, url, tmp_path)
    yield process
    await process.kill()


def import_process(whole: Whole, url: str, folder: Path) -> Process:
    """An import to be started, and killed."""
    command = [sys.executable, "-m", "accounts", "roster", "import", str(whole.path)]
    return Process("import", command, log=folder / "import.log", env={"DZWONEK_DATABASE_URL": url})


async def tables_of(connection: Connection) -> Tables:
    """Every row of the roster, all columns but the instant at which somebody began with a district."""
    tables = {}
    for table, key in ROSTER.items():
        rows = await connection.fetch(
            f"SELECT (to_jsonb(row) - 'created_at')::text AS row FROM {table} AS row ORDER BY {key}"  # noqa: S608
        )
        tables[table] = [row["row"] for row in rows]
    return tables


async def told_of(connection: Connection) -> Told:
    """What the events in the outbox tell, and how often: all of them but their own ids and instants."""
    rows = await connection.fetch(
        "SELECT topic, key, (headers - 'ce_id' - 'ce_time')::text AS headers, value FROM outbox"
    )
    return Counter((row["topic"], row["key"], row["headers"], row["value"]) for row in rows)


def row_at(place: Place, whole: Whole) -> tuple[str, str]:
    """A statement that writes the row of the place, and its argument."""
    row = f'jsonb_populate_record(NULL::{place.table}, jsonb \'{{"created_at": "2026-11-02"}}\' || $1::jsonb)'
    return f"INSERT INTO {place.table} SELECT * FROM {row}", whole.tables[place.table][place.row]  # noqa: S608


@asynccontextmanager
async def stopped_by(
    importing: Process, connection: Connection, statement: str, *arguments: object
) -> AsyncIterator[int]:
    """Starts the import, which comes as far as what somebody did and waits there; the id of its session."""
    somebody = await connect(importing.env["DZWONEK_DATABASE_URL"], application="somebody")
    await somebody.transaction().start()
    await somebody.execute(statement, *arguments)

    async def waits() -> int | None:
        assert importing.running, importing.tail()
        waiting: int | None = await connection.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'accounts-command' AND pg_blocking_pids(pid) <> '{}'"
        )
        return waiting

    try:
        await importing.start()
        yield await until(waits, seconds=SECONDS)
    finally:
        await somebody.close()  # which takes back what they did


async def killed(importing: Process, connection: Connection, session: int) -> None:
    """Kills the import, and what PostgreSQL was doing for it."""
    await importing.kill()
    await connection.execute("SELECT pg_terminate_backend($1)", session)
    await nobody_imports(connection)


async def nobody_imports(connection: Connection) -> None:
    """Waits until PostgreSQL has ended the session of an import that was killed."""

    async def ended() -> bool:
        sessions = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'accounts-command'"
        )
        return not sessions

    await until(ended, seconds=SECONDS)


async def import_(path: Path, url: str, *options: str) -> tuple[int, str]:
    """Runs an import from its beginning to its end."""
    return await run_command(url, "accounts", "roster", "import", str(path), *options)


async def assert_whole(connection: Connection, whole: Whole) -> None:
    """The roster is that of the import that nobody interrupted, and each of its aggregates was told once."""
    tables, told = await tables_of(connection), await told_of(connection)
    for table in ROSTER:
        assert not set(tables[table]) ^ set(whole.tables[table]), f"other rows in {table}"
    assert not told.keys() ^ whole.told.keys()
    assert max(Counter((topic, key) for topic, key, _, _ in told.elements()).values()) == 1


async def versions_told(connection: Connection) -> set[int]:
    """The versions of the events in the outbox."""
    return {json.loads(value)["version"] for _, _, _, value in await told_of(connection)}


@pytest.mark.parametrize("place", [BEFORE_ALL, AMONG_PEOPLE, AMONG_ENROLMENTS], ids=str)
@pytest.mark.parametrize("ends_well", [False, True], ids=["undone", "ended"])
async def test_an_import_that_was_killed_goes_on_whether_its_last_statement_was_undone_or_ended(
    importing: Process, connection: Connection, whole: Whole, url: str, place: Place, ends_well: bool
) -> None:
    async with stopped_by(importing, connection, *row_at(place, whole)) as session:
        if ends_well:
            await importing.kill()
            assert await import_(whole.path, url) == UNDER_WAY
        else:
            await killed(importing, connection, session)
    await nobody_imports(connection)

    stands, events = await tables_of(connection), (await told_of(connection)).total()
    if place is BEFORE_ALL:
        assert sum(map(len, stands.values())) == (1 if ends_well else 0)  # the district itself
        assert not events
    else:
        assert 0 < events < whole.told.total()
        assert 0 < len(stands[place.table]) < len(whole.tables[place.table])

    code, printed = await import_(whole.path, url)
    assert code == 0, printed
    await assert_whole(connection, whole)
    assert await versions_told(connection) == {1}


async def test_an_import_that_is_killed_again_and_again_comes_to_its_end(
    importing: Process, connection: Connection, whole: Whole, url: str
) -> None:
    events = [0]
    for place in (AMONG_CLASSES, AMONG_PEOPLE, AMONG_GUARDIANSHIPS, AMONG_ENROLMENTS):
        async with stopped_by(importing, connection, *row_at(place, whole)) as session:
            await killed(importing, connection, session)
        events.append((await told_of(connection)).total())
    assert events == sorted(set(events))
    for _ in range(2):
        code, printed = await import_(whole.path, url)
        assert code == 0, printed
        await assert_whole(connection, whole)


@pytest.mark.parametrize("table", ["guardianships", "enrolments"])
async def test_changes_that_were_killed_go_on_as_well(
    connection: Connection, district: District, url: str, tmp_path: Path, table: str
) -> None:
    await import_(district.all_of_it.path, url)
    await connection.execute("DELETE FROM outbox")
    importing = import_process(district.changes, url, tmp_path)
    async with stopped_by(importing, connection, f"LOCK TABLE {table} IN SHARE MODE") as session:
        await killed(importing, connection, session)
    assert (await told_of(connection)).total() < district.changes.told.total()

    code, printed = await import_(district.changes.path, url)
    assert code == 0, printed
    await assert_whole(connection, district.changes)
    assert await versions_told(connection) == {1, 2}


async def test_while_an_import_is_under_way_another_of_the_district_says_so_and_changes_nothing(
    importing: Process, connection: Connection, whole: Whole, url: str
) -> None:
    async with stopped_by(importing, connection, *row_at(AMONG_PEOPLE, whole)):
        before = await tables_of(connection), await told_of(connection)
        assert await import_(whole.path, url) == UNDER_WAY
        assert (await tables_of(connection), await told_of(connection)) == before
    assert await importing.wait() == 0
    await assert_whole(connection, whole)


async def test_another_district_is_imported_meanwhile(
    importing: Process, connection: Connection, whole: Whole, url: str, tmp_path: Path
) -> None:
    async with stopped_by(importing, connection, *row_at(AMONG_PEOPLE, whole)):
        code, printed = await import_(small_export().write(tmp_path), url, "--new-district")
        assert code == 0, printed
    assert await importing.wait() == 0
    people = "SELECT count(*) FROM people JOIN districts USING (district_id) WHERE code = $1"
    assert await connection.fetchval(people, "gmina-lipowa") == 5
    assert await connection.fetchval(people, "dzwonek-district") == len(whole.tables["people"])
