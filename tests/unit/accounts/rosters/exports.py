"""Exports to break: a small one of each release that is right, and ways to change a little of it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import FILES, SKIPPED, Release
from accounts.domain.oneroster.findings import Findings
from accounts.rosters.archive import Archive, open_archive
from accounts.rosters.metered import Limits
from accounts.rosters.reading import Roster, read_roster

V1_1 = {
    "orgs": [
        {"sourcedId": "d1", "name": "Powiat Leśny", "type": "district"},
        {"sourcedId": "s1", "name": "Szkoła Podstawowa nr 1", "type": "school", "parentSourcedId": "d1"},
    ],
    "academicSessions": [
        {
            "sourcedId": "y27",
            "title": "2026/2027",
            "type": "schoolYear",
            "startDate": "2026-09-01",
            "endDate": "2027-08-31",
            "schoolYear": "2027",
        }
    ],
    "courses": [{"sourcedId": "c1", "title": "Klasa 3", "orgSourcedId": "s1"}],
    "classes": [
        {
            "sourcedId": "k3b",
            "title": "3b",
            "grades": "03",
            "courseSourcedId": "c1",
            "classType": "homeroom",
            "schoolSourcedId": "s1",
            "termSourcedIds": "y27",
            "subjects": "matematyka,przyroda",
            "subjectCodes": "MAT,PRZ",
        }
    ],
    "users": [
        {
            "sourcedId": "u1",
            "enabledUser": "true",
            "orgSourcedIds": "s1",
            "role": "teacher",
            "username": "ewa",
            "givenName": "Ewa",
            "familyName": "Wójcik",
            "email": "ewa@example.org",
        },
        {
            "sourcedId": "u2",
            "enabledUser": "true",
            "orgSourcedIds": "s1",
            "role": "student",
            "username": "1234567u",
            "givenName": "Jan",
            "familyName": "Żak",
            "agentSourcedIds": "u3,u4",
        },
    ],
    "enrollments": [
        {
            "sourcedId": "e1",
            "classSourcedId": "k3b",
            "schoolSourcedId": "s1",
            "userSourcedId": "u1",
            "role": "teacher",
            "primary": "true",
            "beginDate": "2026-09-01",
            "endDate": "2027-06-25",
        },
        {
            "sourcedId": "e2",
            "classSourcedId": "k3b",
            "schoolSourcedId": "s1",
            "userSourcedId": "u2",
            "role": "student",
        },
    ],
    "demographics": [{"sourcedId": "u2", "birthDate": "2017-05-04", "sex": "male"}],
}

V1_2 = {
    **V1_1,
    "users": [
        {name: value for name, value in user.items() if name not in {"orgSourcedIds", "role"}} for user in V1_1["users"]
    ],
    "roles": [
        {"sourcedId": f"s1,{user}", "userSourcedId": user, "roleType": "primary", "role": role, "orgSourcedId": "s1"}
        for user, role in (("u1", "teacher"), ("u2", "student"))
    ],
}

ROWS = {Release.V1_1: V1_1, Release.V1_2: V1_2}


@dataclass(frozen=True)
class Export:
    """The files of an export by their names in the archive. Changing gives another export."""

    release: Release
    files: Mapping[str, bytes]

    def put(self, name: str, content: str | bytes) -> Self:
        """With a file instead of what was there."""
        return self._with({**self.files, name: content.encode() if isinstance(content, str) else content})

    def without(self, name: str) -> Self:
        """Without a file."""
        return self._with({other: content for other, content in self.files.items() if other != name})

    def named(self, name: str, otherwise: str) -> Self:
        """With another name for a file."""
        return self.without(name).put(otherwise, self.files[name])

    def swap(self, name: str, old: str | bytes, new: str | bytes) -> Self:
        """With other text or bytes instead of the first such in a file."""
        old, new = (part.encode() if isinstance(part, str) else part for part in (old, new))
        assert old in self.files[name], name
        return self.put(name, self.files[name].replace(old, new, 1))

    def cell(self, name: str, column: str, value: str, line: int = 2) -> Self:
        """With another value in a column of a row; `line` 2 is the first after the header."""
        rows = list(csv.reader(io.StringIO(self.files[name].decode(), newline="")))
        rows[line - 1][rows[0].index(column)] = value
        return self.put(name, as_csv(rows))

    def column(self, name: str, column: str, *values: str) -> Self:
        """With a column more at the end."""
        rows = list(csv.reader(io.StringIO(self.files[name].decode(), newline="")))
        return self.put(name, as_csv([*row, value] for row, value in zip(rows, (column, *values), strict=True)))

    def says(self, property_name: str, value: str | None) -> Self:
        """With another value of a property in the manifest; None: without it."""
        rows = [
            row
            for row in csv.reader(io.StringIO(self.files["manifest.csv"].decode(), newline=""))
            if row[0] != property_name
        ]
        if value is not None:
            rows.append([property_name, value])
        return self.put("manifest.csv", as_csv(rows))

    def delta(self, *names: str) -> Self:
        """With files that are a delta, all their rows changed."""
        export = self
        for name in names:
            rows = list(csv.reader(io.StringIO(export.files[f"{name}.csv"].decode(), newline="")))
            changed = [[row[0], "active", "2026-10-01T08:00:00.000Z", *row[3:]] for row in rows[1:]]
            export = export.put(f"{name}.csv", as_csv([rows[0], *changed])).says(f"file.{name}", "delta")
        return export

    def all_delta(self) -> Self:
        """With all files as deltas."""
        return self.delta(*ROWS[self.release])

    def zipped(self, path: Path) -> Path:
        """Written as a zip."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, content in self.files.items():
                zipped.writestr(name, content)
        return path

    def in_folder(self, path: Path) -> Path:
        """Written into a folder."""
        path.mkdir()
        for name, content in self.files.items():
            (path / name).write_bytes(content)
        return path

    def _with(self, files: Mapping[str, bytes]) -> Self:
        return type(self)(self.release, files)


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def good_export(release: Release = Release.V1_2) -> Export:
    """A small export that is right, bulk."""
    files = {}
    for name, file in FILES[release].items():
        rows = [[row.get(column, "") for column in file.header] for row in ROWS[release][name]]
        files[f"{name}.csv"] = as_csv([file.header, *rows]).encode()
    manifest = [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", release),
        *((f"file.{name}", "bulk") for name in FILES[release]),
        *((f"file.{name}", "absent") for name in SKIPPED[release]),
        ("source.systemName", "Sekretariat"),
        ("source.systemCode", "SEK"),
    ]
    return Export(release, {"manifest.csv": as_csv(manifest).encode(), **files})


@dataclass(frozen=True)
class Read:
    """A roster that was read to its end."""

    roster: Roster
    rows: Mapping[str, list[Any]]

    @property
    def findings(self) -> Findings:
        """What was found."""
        return self.roster.findings

    @property
    def faults(self) -> list[Fault]:
        """The faults."""
        return self.findings.faults

    @property
    def codes(self) -> list[str]:
        """The codes of the faults."""
        return [str(fault.code) for fault in self.faults]


def read(path: Path, *, lenient: bool = False, limits: Limits | None = None) -> Read:
    """Reads all of an archive."""
    opened: AbstractContextManager[Archive] = open_archive(path, limits) if limits else open_archive(path)
    with opened as archive:
        roster = read_roster(archive, lenient=lenient)
        return Read(roster, {part.name: list(part.rows) for part in roster.parts})
