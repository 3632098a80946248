"""What the office has written by hand stays, whatever an export says; the rest of the row follows the export."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.integration.accounts.rosters.export import Export, Row, delta, small_export
from tests.integration.accounts.rosters.importing import NOW, Imports, counts

from accounts.domain.oneroster.files import Mode
from accounts.rosters.ids import Ids, district_id
from accounts.rosters.importing import Wishes
from shared.contracts.roster import ClassChanged, GuardianshipChanged, PersonChanged, SchoolChanged
from shared.runtime.postgres import Connection

ANY_NUMBER = Wishes(most_ended=1.0)
IDS = Ids(district_id(small_export().code))
YESTERDAY = NOW.date() - timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A column that the office writes, and what an export says afterwards.

    Args:
        row: the file of the row and its id there.
        column: the table's column, that of its key, and the one that is written by hand.
        written: what the office writes.
        exported: what the export says instead.
        other: what the export says in another column of the row.
        reads: what stands there then.
        event: what tells of it.
    """

    row: tuple[str, str]
    column: tuple[str, str, str]
    written: Any
    exported: Row
    other: Row
    reads: Mapping[str, Any]
    event: type

    def __str__(self) -> str:
        table, _, column = self.column
        return f"{table}.{column}"

    @property
    def id(self) -> str:
        """The id of the row."""
        return str(IDS.of_file(*self.row))


ALA = ("users", "ala")
LANGUAGE, IN_ENGLISH = {"metadata.language": "en"}, {"language": "en"}

FAMILY_NAME = Case(
    ALA, ("people", "person_id", "family_name"), "Wilk", {"familyName": "Ryś"}, LANGUAGE, IN_ENGLISH, PersonChanged
)
GIVEN_NAME = replace(
    FAMILY_NAME,
    column=("people", "person_id", "given_name"),
    written="Alicja",
    exported={"givenName": "Alina", "preferredGivenName": "Alka"},
)
BORN_ON = replace(
    FAMILY_NAME,
    row=("demographics", "ala"),
    column=("people", "person_id", "born_on"),
    written=date(2016, 5, 3),
    exported={"birthDate": "2017-05-04"},
    other={},
)
CASES = [
    FAMILY_NAME,
    GIVEN_NAME,
    BORN_ON,
    Case(
        ALA,
        ("people", "person_id", "language"),
        "uk",
        LANGUAGE,
        {"familyName": "Ryś"},
        {"family_name": "Ryś"},
        PersonChanged,
    ),
    Case(
        ("orgs", "s1"),
        ("orgs", "org_id", "name"),
        "Szkoła Podstawowa nr 1",
        {"name": "SP 1"},
        {"parentSourcedId": "s2"},
        {"parent_id": str(IDS.org("s2"))},
        SchoolChanged,
    ),
    Case(
        ("classes", "3b"),
        ("classes", "class_id", "title"),
        "3 b (sportowa)",
        {"title": "IIIb"},
        {"grades": "03,04"},
        {"grades": ["03", "04"]},
        ClassChanged,
    ),
]


async def write_by_hand(connection: Connection, case: Case) -> None:
    """The office writes the column, as an event of its own would tell."""
    table, key, column = case.column
    await connection.execute(
        f"UPDATE {table} SET {column} = $2, version = version + 1, by_hand = by_hand || $3 WHERE {key} = $1",  # noqa: S608
        case.id,
        case.written,
        [column],
    )


async def row_of(connection: Connection, case: Case) -> dict[str, Any]:
    """The row as it stands."""
    table, key, _ = case.column
    row = await connection.fetchrow(f"SELECT * FROM {table} WHERE {key} = $1", case.id)  # noqa: S608
    assert row
    return {column: str(value) if column.endswith("_id") else value for column, value in row.items()}


def exported(case: Case, *changes: Row) -> Export:
    """The small export with changes in the row of the case."""
    export = small_export()
    for change in changes:
        export.row(*case.row).update(change)
    return export


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_what_the_office_wrote_is_not_overwritten_and_nobody_is_told(imports: Imports, case: Case) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, case)
    before = await row_of(imports.connection, case)
    for export in (small_export(), exported(case, case.exported)):
        report = await imports.run(export)
        assert await row_of(imports.connection, case) == before
        assert not await imports.events()
        assert {changed for _, changed, _, _ in counts(report).values()} == {0}


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_nor_by_a_delta(imports: Imports, case: Case) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, case)
    before = await row_of(imports.connection, case)
    file, name = case.row
    await imports.run(delta(**{file: [exported(case, case.exported).row(file, name)]}))
    assert await row_of(imports.connection, case) == before
    assert not await imports.events()


@pytest.mark.parametrize("case", [case for case in CASES if case.other], ids=str)
async def test_another_column_of_the_row_still_changes_and_the_event_tells_both(imports: Imports, case: Case) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, case)
    before = await row_of(imports.connection, case)
    await imports.run(exported(case, case.exported, case.other))
    assert await row_of(imports.connection, case) == {**before, **case.reads, "version": 3}
    [event] = await imports.events_of(case.event)
    assert event.key == case.id
    assert event.version == 3
    assert getattr(event, case.column[-1]) == case.written


async def test_a_birthday_by_hand_is_told_with_another_name(imports: Imports) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, BORN_ON)
    export = exported(BORN_ON, BORN_ON.exported)
    export.row("users", "ala")["familyName"] = "Ryś"
    await imports.run(export)
    [ala] = await imports.events_of(PersonChanged)
    assert (ala.born_on, ala.family_name) == (BORN_ON.written, "Ryś")


async def test_several_columns_may_be_by_hand(imports: Imports) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, FAMILY_NAME)
    await write_by_hand(imports.connection, GIVEN_NAME)
    await imports.run(exported(FAMILY_NAME, FAMILY_NAME.exported, GIVEN_NAME.exported, LANGUAGE))
    [ala] = await imports.events_of(PersonChanged)
    assert (ala.given_name, ala.family_name, ala.language, ala.version) == ("Alicja", "Wilk", "en", 4)


async def test_who_leaves_and_comes_back_still_has_the_name_by_hand(imports: Imports) -> None:
    await imports.run(small_export())
    await write_by_hand(imports.connection, FAMILY_NAME)
    export = small_export()
    for file, name in (("users", "ala"), ("roles", "ala-student"), ("enrollments", "ala-3b"), ("demographics", "ala")):
        export.remove(file, name)
    await imports.run(export, ANY_NUMBER)
    [gone] = await imports.events_of(PersonChanged)
    assert (gone.family_name, gone.ends_on) == ("Wilk", YESTERDAY)
    await imports.run(exported(FAMILY_NAME, FAMILY_NAME.exported))
    [back] = await imports.events_of(PersonChanged)
    assert (back.family_name, back.ends_on) == ("Wilk", None)


@pytest.mark.parametrize("mode", [Mode.BULK, Mode.DELTA])
async def test_what_a_court_has_taken_from_a_guardian_no_import_gives_back(imports: Imports, mode: Mode) -> None:
    await imports.run(small_export())
    await imports.connection.execute(
        "UPDATE guardianships SET see = false, excuse = false, version = version + 1 WHERE guardianship_id = $1",
        str(IDS.guardianship("ala", "jan")),
    )
    await imports.connection.execute(
        "UPDATE guardianships SET ends_on = '2026-10-01', by_hand = '{ends_on}', version = version + 1"
        " WHERE guardianship_id = $1",
        str(IDS.guardianship("ola", "jan")),
    )
    export = small_export()
    for name in ("ala", "ola"):
        export.row("users", name)["agentSourcedIds"] = "ewa,jan"
    given = export if mode is Mode.BULK else delta(users=export.rows["users"])
    await imports.run(given)
    assert not await imports.events_of(GuardianshipChanged)
    rows = await imports.connection.fetch("SELECT see, excuse, receive, ends_on FROM guardianships WHERE version = 2")
    assert {tuple(row) for row in rows} == {(False, False, True, None), (True, True, True, date(2026, 10, 1))}
