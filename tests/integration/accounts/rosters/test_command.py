"""`accounts roster import`, as an operator types it: what it prints, its exit code, and what is there afterwards."""

import csv
import re
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.commands import run_command
from tests.integration.accounts.rosters.export import Export, small_export

from accounts.domain.oneroster.codes import Code
from accounts.rosters.report import COLUMNS
from shared.runtime.postgres import Connection

Import = Callable[..., Awaitable[tuple[int, str]]]
Rows = dict[str, tuple[int, ...]]

_LINE_OF_DIFFERENCES = re.compile(r"^ +([a-z]+)((?: +[\d,]+){4}) *$", re.MULTILINE)

ALL_CREATED: Rows = {
    "schools": (2, 0, 0, 0),
    "terms": (2, 0, 0, 0),
    "classes": (2, 0, 0, 0),
    "people": (5, 0, 0, 0),
    "guardianships": (4, 0, 0, 0),
    "enrolments": (3, 0, 0, 0),
}
ALL_UNCHANGED: Rows = {what: (0, 0, 0, created) for what, (created, *_) in ALL_CREATED.items()}


@pytest.fixture
def import_(url: str) -> Import:
    """Runs it; its exit code and all that it printed."""

    async def run(*arguments: str | Path, database: str = url) -> tuple[int, str]:
        return await run_command(database, "accounts", "roster", "import", *map(str, arguments))

    return run


def differences(printed: str) -> Rows:
    """The table of what was changed: created, changed, ended and unchanged by what they are."""
    return {what: tuple(map(int, numbers.split())) for what, numbers in _LINE_OF_DIFFERENCES.findall(printed)}


def last_line(printed: str) -> str:
    """What stands below the tables."""
    return printed.splitlines()[-1]


def words(printed: str) -> str:
    """What was printed, as one line, whatever the tables broke."""
    return " ".join(printed.split())


async def what_stands(connection: Connection) -> dict[str, int]:
    """How many people, and how many events wait for the relay."""
    counts = "SELECT (SELECT count(*) FROM people) AS people, (SELECT count(*) FROM outbox) AS events"
    row = await connection.fetchrow(counts)
    assert row
    return dict(row)


def without_ola() -> Export:
    """An export in which one in five people is missing."""
    export = small_export()
    for file, name in (("users", "ola"), ("roles", "ola-student"), ("enrollments", "ola-3b")):
        export.remove(file, name)
    return export


def with_two_faults() -> Export:
    """An export with a class at no school that there is, and a birthday of nobody."""
    export = small_export()
    export.row("classes", "3c")["schoolSourcedId"] = "s9"
    export.row("demographics", "ala")["sourcedId"] = "=nobody"
    return export


async def test_a_good_export_is_imported_and_a_table_says_what_came_of_it(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    code, printed = await import_(small_export().write(tmp_path))
    assert code == 0
    assert "The roster of gmina-lipowa, a new district" in printed
    assert differences(printed) == ALL_CREATED
    assert await what_stands(connection) == {"people": 5, "events": 18}


async def test_the_same_export_again_leaves_everything_unchanged(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    path = small_export().write(tmp_path)
    await import_(path)
    code, printed = await import_(path)
    assert code == 0
    assert "new district" not in printed
    assert differences(printed) == ALL_UNCHANGED
    assert await what_stands(connection) == {"people": 5, "events": 18}


async def test_a_folder_with_the_files_is_as_good_as_a_zip(import_: Import, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(small_export().write(tmp_path)).extractall(folder)
    code, printed = await import_(folder)
    assert (code, differences(printed)) == (0, ALL_CREATED)


async def test_a_dry_run_shows_the_table_and_changes_nothing(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    path = small_export().write(tmp_path)
    code, printed = await import_(path, "--dry-run")
    assert (code, differences(printed)) == (0, ALL_CREATED)
    assert last_line(printed) == "Nothing was changed: this was a dry run."
    assert await what_stands(connection) == {"people": 0, "events": 0}
    assert not await connection.fetchval("SELECT count(*) FROM districts")


async def test_faults_are_shown_with_their_places_and_all_of_them_are_in_the_file_asked_for(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    path, faults = with_two_faults().write(tmp_path), tmp_path / "faults.csv"
    code, printed = await import_(path, "--faults", faults)
    assert code == 1
    assert last_line(printed) == "2 faults: nothing was changed"
    for part in (*COLUMNS, "classes.csv", "schoolSourcedId", "refers_to_nothing", "s9", "demographics.csv", "=nobody"):
        assert part in printed
    assert not differences(printed)
    assert await what_stands(connection) == {"people": 0, "events": 0}
    with faults.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            list(COLUMNS),
            ["classes.csv", "3", "schoolSourcedId", "refers_to_nothing", "s9", Code.REFERS_TO_NOTHING.sentence],
            ["demographics.csv", "2", "sourcedId", "refers_to_nothing", "'=nobody", Code.REFERS_TO_NOTHING.sentence],
        ]


async def test_of_many_faults_the_first_are_shown_and_the_file_holds_every_one(import_: Import, tmp_path: Path) -> None:
    export = small_export()
    ala = export.row("enrollments", "ala-3b")
    export.rows["enrollments"] += [
        {**ala, "sourcedId": f"e{number}", "userSourcedId": f"nobody {number}"} for number in range(300)
    ]
    faults = tmp_path / "faults.csv"
    code, printed = await import_(export.write(tmp_path), "--faults", faults)
    assert code == 1
    assert "and 250 more" in printed
    assert last_line(printed) == "300 faults: nothing was changed"
    with faults.open(encoding="utf-8", newline="") as file:
        assert {row["value"] for row in csv.DictReader(file)} == {f"nobody {number}" for number in range(300)}


async def test_what_is_no_export_is_refused_with_what_to_do_about_it(import_: Import, tmp_path: Path) -> None:
    page, sheet = tmp_path / "page.zip", tmp_path / "roster.xlsx"
    page.write_text("<!DOCTYPE html><html><title>Zaloguj się</title></html>")
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for path, why in (
        (tmp_path / "not-there.zip", Code.CANNOT_BE_OPENED),
        (page, Code.WEB_PAGE),
        (sheet, Code.SPREADSHEET),
    ):
        code, printed = await import_(path)
        assert code == 1
        assert "Traceback" not in printed
        assert why in printed
        for word in why.sentence.split():  # the table breaks the sentence into lines
            assert word in printed
        assert last_line(printed).endswith("nothing was changed")


async def test_who_would_end_more_than_a_tenth_of_the_people_is_told_how_to_say_that_it_is_right(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    await import_(small_export().write(tmp_path))
    smaller = without_ola().write(tmp_path)
    code, printed = await import_(smaller)
    assert code == 1
    assert differences(printed)["people"] == (0, 0, 1, 4)
    assert last_line(printed).startswith(
        "50.0% of the people, guardianships or enrolments would be over, more than 10%:"
    )
    assert "--end-any-number" in last_line(printed)
    assert await what_stands(connection) == {"people": 5, "events": 18}
    assert not await connection.fetchval("SELECT count(*) FROM people WHERE ends_on IS NOT NULL")

    code, printed = await import_(smaller, "--end-any-number")
    assert (code, differences(printed)["people"]) == (0, (0, 0, 1, 4))
    assert await connection.fetchval("SELECT given_name FROM people WHERE ends_on IS NOT NULL") == "Ola"


async def test_a_dry_run_that_would_end_too_many_says_so_as_well(import_: Import, tmp_path: Path) -> None:
    await import_(small_export().write(tmp_path))
    code, printed = await import_(without_ola().write(tmp_path), "--dry-run")
    assert (code, differences(printed)["people"]) == (1, (0, 0, 1, 4))
    assert "--end-any-number" in last_line(printed)


async def test_an_export_that_names_no_district_is_one_line_that_says_how_to_name_it(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    export = small_export()
    export.code = ""
    path = export.write(tmp_path)
    code, printed = await import_(path)
    assert (code, printed) == (2, "the manifest has no source.systemCode: name the district with --district\n")
    assert await what_stands(connection) == {"people": 0, "events": 0}

    code, printed = await import_(path, "--district", "gmina-klonowa")
    assert (code, differences(printed)) == (0, ALL_CREATED)
    assert "The roster of gmina-klonowa, a new district" in printed


async def test_the_district_that_is_given_comes_before_the_one_of_the_manifest(
    import_: Import, connection: Connection, tmp_path: Path
) -> None:
    path = small_export().write(tmp_path)
    await import_(path)
    assert await import_(path, "--district", "gmina-klonowa") == (
        2,
        "the district gmina-klonowa is not known: mend --district, or say --new-district if it is one more\n",
    )
    code, printed = await import_(path, "--district", "gmina-klonowa", "--new-district")
    assert (code, differences(printed)) == (0, ALL_CREATED)
    codes = await connection.fetch("SELECT code FROM districts ORDER BY code")
    assert [row["code"] for row in codes] == ["gmina-klonowa", "gmina-lipowa"]


async def test_lenient_reading_mends_what_has_a_name_and_says_what_it_mended(import_: Import, tmp_path: Path) -> None:
    export = small_export()
    export.row("users", "ola")["enabledUser"] = "TRUE"
    export.row("academicSessions", "y")["startDate"] = "01/09/2026"
    path = export.write(tmp_path)
    code, printed = await import_(path)
    assert code == 1
    assert "bad_flag" in printed
    assert "bad_date" in printed

    code, printed = await import_(path, "--lenient")
    assert (code, differences(printed)) == (0, ALL_CREATED)
    assert "Mended" in printed
    for file, column, meaning in (
        ("users.csv", "enabledUser", "Another word for true or false was read as such: TRUE, yes, 1. 1"),
        ("academicSessions.csv", "startDate", "A date with the day first was read: 01/09/2026 or 1.9.2026. 1"),
    ):
        assert f"{file} {column} {meaning}" in words(printed)


async def test_lenient_reading_leaves_out_what_it_cannot_mend_and_still_tells_it(
    import_: Import, tmp_path: Path
) -> None:
    code, printed = await import_(with_two_faults().write(tmp_path), "--lenient")
    assert code == 0
    assert "s9" in printed
    assert differences(printed) == {**ALL_CREATED, "classes": (1, 0, 0, 0)}


async def test_files_that_hold_nothing_for_a_roster_are_named(import_: Import, tmp_path: Path) -> None:
    path = small_export().write(tmp_path)
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(path).extractall(unpacked)
    manifest = unpacked / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("file.results,absent", "file.results,bulk"))
    (unpacked / "results.csv").write_text("sourcedId\r\n")
    code, printed = await import_(unpacked)
    assert (code, differences(printed)) == (0, ALL_CREATED)
    assert "Not read, because it holds nothing for a roster: results.csv." in printed


async def test_a_database_that_is_away_is_one_line_and_exit_code_3(import_: Import, tmp_path: Path) -> None:
    code, printed = await import_(small_export().write(tmp_path), database="postgresql://x@127.0.0.1:1/x")
    assert code == 3
    assert len(printed.splitlines()) == 1
    assert "DZWONEK_DATABASE_URL" in printed


async def test_no_line_of_the_faults_is_there_twice(import_: Import, tmp_path: Path) -> None:
    export = small_export()
    export.row("users", "ola")["agentSourcedIds"] = "nobody,somebody"
    faults = tmp_path / "faults.csv"
    await import_(export.write(tmp_path), "--faults", faults)
    lines = faults.read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("place", ["no/such/folder/faults.csv", "."])
async def test_faults_that_cannot_be_written_anywhere_are_one_line_before_anything_is_done(
    import_: Import, connection: Connection, tmp_path: Path, place: str
) -> None:
    code, printed = await import_(small_export().write(tmp_path), "--faults", tmp_path / place)
    assert "Traceback" not in printed
    assert code in {1, 2}
    assert await what_stands(connection) == {"people": 0, "events": 0}
    assert len(printed.splitlines()) == 1
    assert str(tmp_path) in printed
