"""What is wrong inside the files of an export: each deviation from the standard has its code, row and column."""

from pathlib import Path

import pytest
from tests.unit.accounts.rosters.bad import Bad
from tests.unit.accounts.rosters.bad_headers import HEADERS
from tests.unit.accounts.rosters.bad_manifests import MANIFEST, NAMES
from tests.unit.accounts.rosters.bad_texts import TEXT, WIDTHS
from tests.unit.accounts.rosters.bad_values import DELTAS, VALUES
from tests.unit.accounts.rosters.exports import good_export, read

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release

CASES = [*MANIFEST, *NAMES, *TEXT, *HEADERS, *WIDTHS, *VALUES, *DELTAS]

OF_THE_ARCHIVE = {
    Code.CANNOT_BE_OPENED,
    Code.EMPTY,
    Code.NOT_A_ZIP,
    Code.SPREADSHEET,
    Code.WEB_PAGE,
    Code.TRUNCATED,
    Code.DAMAGED,
    Code.ENCRYPTED,
    Code.COMPRESSION_UNKNOWN,
    Code.TOO_MANY_FILES,
    Code.TOO_LARGE,
    Code.TOO_COMPRESSED,
    Code.NAME_UNSAFE,
    Code.IN_FOLDER,
    Code.ALL_IN_FOLDER,
    Code.SYMBOLIC_LINK,
    Code.NO_PLAIN_FILE,
    Code.ARCHIVE_WITHIN,
}
"""What the tests of bad archives are about."""

BETWEEN_ROWS = {
    Code.ID_TWICE,
    Code.REFERS_TO_NOTHING,
    Code.ORGS_IN_CIRCLE,
    Code.NOT_IN_SCHOOL,
    Code.OTHER_SCHOOL,
    Code.EMAIL_SHARED,
    Code.TOO_MANY_ROLES,
    Code.NOT_GUARDIAN_AND_STUDENT,
}
"""What the tests of imports are about, because it is found in the database."""


@pytest.mark.parametrize("bad", CASES, ids=[bad.what for bad in CASES])
def test_what_is_wrong_is_told_with_its_place_and_nothing_else_is(bad: Bad, tmp_path: Path) -> None:
    found = read(bad.change(good_export(bad.release)).zipped(tmp_path / "export.zip"))
    file, row, column = [*bad.where.split(":"), "", ""][:3]
    told = [(fault.file, str(fault.row or ""), fault.column or "", fault.code) for fault in found.faults]
    assert told == [(file, row, column, bad.code)]
    assert found.findings.refused


@pytest.mark.parametrize("release", Release)
def test_an_export_that_is_right_has_no_fault(release: Release, tmp_path: Path) -> None:
    found = read(good_export(release).zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert not found.findings.refused


@pytest.mark.parametrize("release", Release)
def test_a_delta_that_is_right_has_no_fault(release: Release, tmp_path: Path) -> None:
    found = read(good_export(release).all_delta().zipped(tmp_path / "export.zip"))
    assert found.faults == []


def test_every_fault_of_a_row_and_of_every_row_is_told_at_once(tmp_path: Path) -> None:
    export = (
        good_export()
        .cell("users.csv", "enabledUser", "maybe")
        .cell("users.csv", "givenName", "")
        .cell("users.csv", "username", "", line=3)
        .cell("orgs.csv", "type", "skool", line=3)
        .cell("demographics.csv", "sex", "x")
        .swap("orgs.csv", "name", "NAME")
    )
    found = read(export.zipped(tmp_path / "export.zip"))
    assert [(fault.file, fault.row, fault.column) for fault in found.faults] == [
        ("orgs.csv", 1, "name"),
        ("orgs.csv", 3, "type"),
        ("users.csv", 2, "enabledUser"),
        ("users.csv", 2, "givenName"),
        ("users.csv", 3, "username"),
        ("demographics.csv", 2, "sex"),
    ]


def test_a_file_of_the_other_release_is_known_by_its_columns(tmp_path: Path) -> None:
    export = good_export().put("users.csv", good_export(Release.V1_1).files["users.csv"])
    found = read(export.zipped(tmp_path / "export.zip"))
    assert [(fault.column, fault.code) for fault in found.faults] == [
        ("orgSourcedIds", Code.COLUMN_UNKNOWN),
        ("role", Code.COLUMN_UNKNOWN),
        ("userMasterIdentifier", Code.COLUMN_MISSING),
        ("preferredGivenName", Code.COLUMN_MISSING),
        ("preferredMiddleName", Code.COLUMN_MISSING),
        ("preferredFamilyName", Code.COLUMN_MISSING),
        ("primaryOrgSourcedId", Code.COLUMN_MISSING),
        ("pronouns", Code.COLUMN_MISSING),
    ]


def test_after_a_line_that_is_no_row_the_next_ones_are_read(tmp_path: Path) -> None:
    export = good_export().swap("orgs.csv", "Powiat Leśny", '"Powiat" Leśny').swap("orgs.csv", "school", "skool")
    found = read(export.zipped(tmp_path / "export.zip"))
    assert [(fault.row, fault.code) for fault in found.faults] == [(2, Code.QUOTE_BROKEN), (3, Code.ORG_TYPE_UNKNOWN)]


def test_the_value_is_shown_cut_and_with_what_cannot_be_seen(tmp_path: Path) -> None:
    export = good_export().swap("orgs.csv", "Leśny", f"\x1b[31m{'x' * 100}")
    (fault,) = read(export.zipped(tmp_path / "export.zip")).faults
    assert fault.value.startswith("Powiat \\x1b[31mxxx")
    assert len(fault.value) == 40


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    export = good_export().cell("users.csv", "password", " tajne\0 " * 100)
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert "tajne" not in repr(found.rows)


def test_every_code_has_a_case() -> None:
    assert {bad.code for bad in CASES} == set(Code) - OF_THE_ARCHIVE - BETWEEN_ROWS - {Code.TOO_MANY_LEFT_OUT}


def test_a_manifest_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    export = good_export()
    endless = export.files["manifest.csv"] + b"".join(b"own.%d,x\r\n" % number for number in range(2000))
    codes = read(export.put("manifest.csv", endless).zipped(tmp_path / "export.zip")).codes
    assert codes[0] == Code.TOO_LARGE
    assert len(codes) < 1000
