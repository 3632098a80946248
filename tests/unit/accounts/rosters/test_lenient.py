"""Lenient reading: what has one meaning only is mended and counted, a row with anything else is left out and named."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.unit.accounts.rosters.exports import Export, good_export, read

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release
from accounts.domain.oneroster.findings import LeftOut, Mended
from accounts.domain.oneroster.repairs import Repair


class Deviation(NamedTuple):
    """What deviates, which repairs are counted, and what the first row of the part then has."""

    what: str
    change: Callable[[Export], Export]
    repairs: dict[Mended, int]
    part: str
    field: str
    value: Any


def once(file: str, column: str | None, *repairs: Repair) -> dict[Mended, int]:
    return {Mended(file, column, repair): 1 for repair in repairs}


def value(part: str, column: str, text: str, field: str, is_read_as: object, *repairs: Repair) -> Deviation:
    """A value of the first row."""
    file = f"{part}.csv"
    what = f"{part} {column} {text!r}"
    return Deviation(what, lambda e: e.cell(file, column, text), once(file, column, *repairs), part, field, is_read_as)


def change_time(text: str, is_read_as: object, *repairs: Repair) -> Deviation:
    """The time of change of the first row of a delta."""
    column = "dateLastModified"
    return Deviation(
        f"delta {text!r}",
        lambda e: e.all_delta().cell("orgs.csv", column, text),
        once("orgs.csv", column, *repairs),
        "orgs",
        "date_last_modified",
        is_read_as,
    )


SEPTEMBER = date(2026, 9, 1)
OCTOBER = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)

DEVIATIONS = [
    Deviation(
        "a file's name in capitals",
        lambda e: e.named("orgs.csv", "ORGS.CSV"),
        once("ORGS.CSV", None, Repair.FILE_NAME_CASE),
        "orgs",
        "name",
        "Powiat Leśny",
    ),
    Deviation(
        "the manifest's name in capitals",
        lambda e: e.named("manifest.csv", "Manifest.csv"),
        once("Manifest.csv", None, Repair.FILE_NAME_CASE),
        "orgs",
        "name",
        "Powiat Leśny",
    ),
    Deviation(
        "columns in another case",
        lambda e: e.swap("orgs.csv", "sourcedId,status", "SourcedID,STATUS"),
        {
            Mended("orgs.csv", "sourcedId", Repair.COLUMN_CASE): 1,
            Mended("orgs.csv", "status", Repair.COLUMN_CASE): 1,
        },
        "orgs",
        "sourced_id",
        "d1",
    ),
    Deviation(
        "dataLastModified",
        lambda e: e.all_delta().swap("orgs.csv", "dateLastModified", "dataLastModified"),
        once("orgs.csv", "dateLastModified", Repair.COLUMN_MISSPELT),
        "orgs",
        "date_last_modified",
        OCTOBER,
    ),
    Deviation(
        "a blank before a column",
        lambda e: e.swap("orgs.csv", ",name", ", name"),
        once("orgs.csv", "name", Repair.BLANKS_AROUND),
        "orgs",
        "name",
        "Powiat Leśny",
    ),
    Deviation(
        "a blank in the manifest",
        lambda e: e.swap("manifest.csv", "oneroster.version,1.2", "oneroster.version, 1.2"),
        once("manifest.csv", "value", Repair.BLANKS_AROUND),
        "orgs",
        "sourced_id",
        "d1",
    ),
    Deviation(
        "an empty line",
        lambda e: e.swap("orgs.csv", "d1", "\r\nd1"),
        once("orgs.csv", None, Repair.LINE_EMPTY),
        "orgs",
        "line",
        3,
    ),
    *(
        value("users", "enabledUser", word, "enabled_user", flag, Repair.FLAG_WORD)
        for flag, words in ((True, "TRUE True yes Y 1 t"), (False, "FALSE False no N 0 f"))
        for word in words.split()
    ),
    value("enrollments", "primary", " Yes ", "primary", True, Repair.BLANKS_AROUND, Repair.FLAG_WORD),
    *(
        value("academicSessions", "startDate", text, "start_date", SEPTEMBER, Repair.DAY_FIRST)
        for text in ("01/09/2026", "01.09.2026", "1.9.2026", "1/9/2026")
    ),
    value(
        "demographics",
        "birthDate",
        " 04.05.2017",
        "birth_date",
        date(2017, 5, 4),
        Repair.BLANKS_AROUND,
        Repair.DAY_FIRST,
    ),
    value("orgs", "name", "\u00a0Powiat ", "name", "Powiat", Repair.BLANKS_AROUND),
    value("orgs", "identifier", "  ", "identifier", None, Repair.BLANKS_AROUND),
    value("orgs", "type", " school", "type", "school", Repair.BLANKS_AROUND),
    value("classes", "subjectCodes", "MAT, PRZ ", "subject_codes", ("MAT", "PRZ"), Repair.BLANKS_AROUND),
    value("orgs", "status", "active", "status", None, Repair.SET_IN_BULK),
    value("orgs", "status", " ", "status", None, Repair.BLANKS_AROUND),
    value("orgs", "dateLastModified", "2026-10-01T08:00:00Z", "date_last_modified", None, Repair.SET_IN_BULK),
    value("orgs", "dateLastModified", "yesterday", "date_last_modified", None, Repair.SET_IN_BULK),
    change_time("2026-10-01T08:00:00", OCTOBER, Repair.ZONE_MISSING),
    change_time("2026-10-01 08:00:00", OCTOBER, Repair.ZONE_MISSING),
    change_time("2026-10-01", MIDNIGHT, Repair.TIME_MISSING),
    change_time("01.10.2026", MIDNIGHT, Repair.DAY_FIRST, Repair.TIME_MISSING),
    change_time("\t1/10/2026", MIDNIGHT, Repair.BLANKS_AROUND, Repair.DAY_FIRST, Repair.TIME_MISSING),
]


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=[deviation.what for deviation in DEVIATIONS])
def test_a_deviation_that_has_a_name_is_mended_and_counted(deviation: Deviation, tmp_path: Path) -> None:
    path = deviation.change(good_export()).zipped(tmp_path / "export.zip")
    found = read(path, lenient=True)
    assert found.faults == []
    assert not found.findings.refused
    assert found.findings.repairs == deviation.repairs
    assert getattr(found.rows[deviation.part][0], deviation.field) == deviation.value


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=[deviation.what for deviation in DEVIATIONS])
def test_strict_reading_mends_nothing(deviation: Deviation, tmp_path: Path) -> None:
    found = read(deviation.change(good_export()).zipped(tmp_path / "export.zip"))
    assert found.findings.refused
    assert not found.findings.repairs


UNMENDED = [
    ("users", "enabledUser", "maybe", Code.BAD_FLAG),
    ("academicSessions", "startDate", "31/02/2026", Code.BAD_DATE),
    ("academicSessions", "startDate", "09/13/2026", Code.BAD_DATE),
    ("academicSessions", "startDate", "01/09.2026", Code.BAD_DATE),
    ("academicSessions", "startDate", "01-09-2026", Code.BAD_DATE),
    ("academicSessions", "startDate", "1/9/26", Code.BAD_DATE),
    ("academicSessions", "startDate", "1/9/0026", Code.BAD_DATE),
    ("academicSessions", "startDate", " 31/02/2026 ", Code.BAD_DATE),
    ("orgs", "name", "  ", Code.REQUIRED_EMPTY),
    ("orgs", "name", "", Code.REQUIRED_EMPTY),
    ("orgs", "name", "P\0", Code.NUL),
    ("orgs", "type", "School", Code.ORG_TYPE_UNKNOWN),
    ("orgs", "status", "tobedeleted", Code.SET_IN_BULK),
    ("users", "agentSourcedIds", "u3, ,u4", Code.LIST_ITEM_EMPTY),
    ("enrollments", "endDate", "1.8.2026", Code.END_BEFORE_BEGIN),
]


@pytest.mark.parametrize(("part", "column", "text", "code"), UNMENDED)
def test_a_row_that_cannot_be_mended_is_left_out_and_named(
    part: str, column: str, text: str, code: Code, tmp_path: Path
) -> None:
    export = good_export()
    own_id = export.files[f"{part}.csv"].splitlines()[1].split(b",")[0].decode()
    found = read(export.cell(f"{part}.csv", column, text).zipped(tmp_path / "export.zip"), lenient=True)
    assert [(fault.row, fault.column, fault.code) for fault in found.faults] == [(2, column, code)]
    assert found.findings.left_out == [LeftOut(f"{part}.csv", 2, own_id)]
    assert all(row.line != 2 for row in found.rows[part])
    assert not found.findings.refused


def test_a_row_is_left_out_with_its_id_as_long_as_that_can_be_read(tmp_path: Path) -> None:
    export = good_export().cell("orgs.csv", "sourcedId", "").swap("orgs.csv", "school,,", "school,,,,")
    found = read(export.zipped(tmp_path / "export.zip"), lenient=True)
    assert found.findings.left_out == [LeftOut("orgs.csv", 2, None), LeftOut("orgs.csv", 3, "s1")]


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.swap("users.csv", "Wójcik", '"Wójcik"x'),
        lambda e: e.swap("orgs.csv", "identifier", "numer"),
        lambda e: e.column("orgs.csv", "numer", "", ""),
        lambda e: e.without("orgs.csv"),
        lambda e: e.put("notes.txt", ""),
        lambda e: e.says("oneroster.version", "1.3"),
        lambda e: e.put("orgs.csv", e.files["orgs.csv"].replace(b",", b";")),
    ],
)
def test_what_concerns_more_than_a_row_is_refused_all_the_same(
    change: Callable[[Export], Export], tmp_path: Path
) -> None:
    found = read(change(good_export()).zipped(tmp_path / "export.zip"), lenient=True)
    assert found.faults
    assert found.findings.refused


def test_both_roles_and_users_of_1_1_are_mended_and_counted_once(tmp_path: Path) -> None:
    export = good_export(Release.V1_1).cell("users.csv", "enabledUser", "TRUE").cell("users.csv", "role", "x", line=3)
    found = read(export.zipped(tmp_path / "export.zip"), lenient=True)
    assert [user.sourced_id for user in found.rows["users"]] == ["u1"]
    assert [role.user_sourced_id for role in found.rows["roles"]] == ["u1"]
    assert found.findings.repairs == once("users.csv", "enabledUser", Repair.FLAG_WORD)
    assert [(fault.row, fault.code) for fault in found.faults] == [(3, Code.ROLE_UNKNOWN)]
