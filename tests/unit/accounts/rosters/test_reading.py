"""What a roster that is right is read as: rows of one shape for both releases, in the order of their references."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.unit.accounts.rosters.exports import as_csv, good_export, read

from accounts.domain.oneroster.contents import ORDER, REFERS_TO
from accounts.domain.oneroster.files import FILES, SKIPPED, Mode, Release
from accounts.domain.oneroster.manifest import Manifest
from accounts.domain.oneroster.rows import Class, Demographics, Enrollment, Org, RoleOf, Session, User
from accounts.rosters.archive import open_archive
from accounts.rosters.csv_rows import csv_rows
from accounts.rosters.reading import read_roster


def test_the_rows_have_the_values_that_they_mean(tmp_path: Path) -> None:
    rows = read(good_export().zipped(tmp_path / "export.zip")).rows
    assert rows["orgs"] == [
        Org(2, "d1", None, None, "Powiat Leśny", "district", None, None),
        Org(3, "s1", None, None, "Szkoła Podstawowa nr 1", "school", None, "d1"),
    ]
    assert rows["academicSessions"] == [
        Session(2, "y27", None, None, "2026/2027", "schoolYear", date(2026, 9, 1), date(2027, 8, 31), None, 2027)
    ]
    assert rows["classes"] == [
        Class(
            line=2,
            sourced_id="k3b",
            status=None,
            date_last_modified=None,
            title="3b",
            grades=("03",),
            course_sourced_id="c1",
            class_code=None,
            class_type="homeroom",
            location=None,
            school_sourced_id="s1",
            term_sourced_ids=("y27",),
            subjects=("matematyka", "przyroda"),
            subject_codes=("MAT", "PRZ"),
            periods=(),
        )
    ]
    assert rows["enrollments"] == [
        Enrollment(2, "e1", None, None, "k3b", "s1", "u1", "teacher", True, date(2026, 9, 1), date(2027, 6, 25)),
        Enrollment(3, "e2", None, None, "k3b", "s1", "u2", "student", None, None, None),
    ]
    assert rows["demographics"] == [Demographics(2, "u2", None, None, date(2017, 5, 4), "male")]
    (_, pupil) = rows["users"]
    assert isinstance(pupil, User)
    assert (pupil.username, pupil.given_name, pupil.agent_sourced_ids) == ("1234567u", "Jan", ("u3", "u4"))


def test_users_of_1_1_come_out_as_those_of_1_2(tmp_path: Path) -> None:
    old = read(good_export(Release.V1_1).zipped(tmp_path / "old.zip")).rows
    new = read(good_export(Release.V1_2).zipped(tmp_path / "new.zip")).rows
    assert old == new


def test_a_user_of_1_1_has_the_role_at_each_org_once(tmp_path: Path) -> None:
    export = good_export(Release.V1_1).cell("users.csv", "orgSourcedIds", "s1,s2,s1")
    roles = read(export.zipped(tmp_path / "export.zip")).rows["roles"]
    assert roles == [
        RoleOf(2, "s1,u1", None, None, "u1", "primary", "teacher", None, None, "s1", None),
        RoleOf(2, "s2,u1", None, None, "u1", "primary", "teacher", None, None, "s2", None),
        RoleOf(3, "s1,u2", None, None, "u2", "primary", "student", None, None, "s1", None),
    ]


def test_roles_of_a_deleted_user_of_1_1_are_deleted(tmp_path: Path) -> None:
    export = good_export(Release.V1_1).all_delta().cell("users.csv", "status", "tobedeleted")
    (role, _) = read(export.zipped(tmp_path / "export.zip")).rows["roles"]
    assert role.status == "tobedeleted"
    assert role.date_last_modified == datetime(2026, 10, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("release", Release)
def test_the_parts_come_in_an_order_in_which_required_references_lead_back(release: Release, tmp_path: Path) -> None:
    parts = list(read(good_export(release).zipped(tmp_path / "export.zip")).rows)
    assert parts == list(ORDER)
    for file, others in REFERS_TO[release].items():
        assert all(ORDER.index(other) < ORDER.index(file) for other in others if other != "roles")


def test_the_order_in_the_archive_does_not_matter(tmp_path: Path) -> None:
    export = good_export()
    for name in ("orgs.csv", "manifest.csv"):
        export = export.without(name).put(name, export.files[name])
    assert list(read(export.zipped(tmp_path / "export.zip")).rows) == list(ORDER)


def test_the_manifest_says_what_is_read(tmp_path: Path) -> None:
    export = good_export().delta("demographics").without("courses.csv").says("file.courses", "absent")
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    modes = dict.fromkeys(FILES[Release.V1_2], Mode.BULK) | dict.fromkeys(SKIPPED[Release.V1_2], Mode.ABSENT)
    modes |= {"courses": Mode.ABSENT, "demographics": Mode.DELTA}
    assert found.roster.manifest == Manifest(Release.V1_2, modes, "Sekretariat", "SEK")
    assert "courses" not in found.rows
    assert [(part.name, part.mode) for part in found.roster.parts][-1] == ("demographics", Mode.DELTA)


def test_files_that_hold_nothing_for_a_roster_are_skipped_and_said_so(tmp_path: Path) -> None:
    export = good_export().put("results.csv", b"\xff\0 whatever").says("file.results", "bulk")
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert found.roster.skipped == ("results.csv",)


def test_extensions_that_are_known_are_read_and_others_are_not(tmp_path: Path) -> None:
    export = (
        good_export()
        .column("enrollments.csv", "metadata.room", "12", "\0")
        .column("enrollments.csv", "metadata.subjects", "MAT,PRZ", "")
        .column("users.csv", "metadata.language", "uk", "")
    )
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert [row.taught for row in found.rows["enrollments"]] == [("MAT", "PRZ"), ()]
    assert [row.language for row in found.rows["users"]] == ["uk", None]


def test_values_keep_line_breaks_commas_and_quotation_marks(tmp_path: Path) -> None:
    name = 'Szkoła "Pod\nLipą",\r\nfilia\rdruga\t2'
    export = good_export().cell("orgs.csv", "name", name).cell("orgs.csv", "name", "Zespół, nr 2", line=3)
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert [(row.line, row.name) for row in found.rows["orgs"]] == [(2, name), (5, "Zespół, nr 2")]


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"])
@pytest.mark.parametrize("beginning", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_line_breaks_and_a_bom_do_not_matter(line_break: bytes, beginning: bytes, end: bytes, tmp_path: Path) -> None:
    export = good_export()
    whole = read(export.zipped(tmp_path / "whole.zip")).rows
    for name, content in export.files.items():
        plain = content.replace(b"\r\n", b"\n").removesuffix(b"\n") + end
        export = export.put(name, beginning + plain.replace(b"\n", line_break))
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert found.rows == whole


def test_every_value_may_be_quoted(tmp_path: Path) -> None:
    export = good_export()
    whole = read(export.zipped(tmp_path / "whole.zip")).rows
    for name, content in export.files.items():
        quoted = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(content.decode(), newline=""))
        csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(rows)
        export = export.put(name, quoted.getvalue())
    found = read(export.zipped(tmp_path / "export.zip"))
    assert found.faults == []
    assert found.rows == whole


@pytest.mark.parametrize(
    "text", ["2026-10-01T10:00:00+02:00", "2026-10-01T08:00:00.000000000Z", "2026-10-01T08:00:00Z"]
)
def test_instants_are_in_utc_whatever_their_zone(text: str, tmp_path: Path) -> None:
    export = good_export().all_delta().cell("orgs.csv", "dateLastModified", text)
    assert read(export.zipped(tmp_path / "export.zip")).rows["orgs"][0].date_last_modified == datetime(
        2026, 10, 1, 8, tzinfo=UTC
    )


def test_no_memory_is_taken_by_a_line_that_does_not_end() -> None:
    told: list[tuple[int, str]] = []
    source = io.BufferedReader(Endless(b"sourcedId,status\r\n", 100 << 20))
    tracemalloc.start()
    rows = list(csv_rows(source, lambda row, code, _: told.append((row, code))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == [(1, ["sourcedId", "status"])]
    assert told == [(2, "line_too_long")]
    assert peak < 1 << 20


def test_no_memory_is_taken_by_a_row_that_does_not_end() -> None:
    told: list[tuple[int, str]] = []
    source = io.BytesIO(b'd1,"' + (b"x" * 1000 + b'\r\n","') * 10_000)
    tracemalloc.start()
    count = sum(1 for _ in csv_rows(source, lambda row, code, _: told.append((row, code))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told[0] == (1, "quote_broken")
    assert count < 10_000
    assert peak < 1 << 20


def test_rows_are_not_held(tmp_path: Path) -> None:
    header = FILES[Release.V1_2]["enrollments"].header
    rows = ([f"e{number}", "", "", "k3b", "s1", "u2", "student", "", "", ""] for number in range(20_000))
    path = good_export().put("enrollments.csv", as_csv([header, *rows])).zipped(tmp_path / "export.zip")
    with open_archive(path) as archive:
        roster = read_roster(archive, lenient=False)
        (enrollments,) = (part.rows for part in roster.parts if part.name == "enrollments")
        next(enrollments)
        tracemalloc.start()
        count = sum(1 for _ in enrollments)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 19_999
    assert peak < 1 << 20


class Endless(io.RawIOBase):
    """A beginning, then `size` bytes of one line."""

    def __init__(self, beginning: bytes, size: int) -> None:
        super().__init__()
        self._beginning = beginning
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._beginning or bytes(min(len(buffer), self._left))
        self._left -= 0 if self._beginning else len(data)
        self._beginning = b""
        buffer[: len(data)] = data
        return len(data)
