"""A small export that tests change before they give it: rows by file, each by its columns."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from accounts.domain.oneroster.files import FILES, SKIPPED, Mode, Release

Row = dict[str, str]

CODE = "gmina-lipowa"
AT = "2026-11-02T06:00:00.000Z"
OWN = {"enrollments": ("metadata.subjects",), "users": ("metadata.language",)}
"""Columns beyond the standard's."""


@dataclass
class Export:
    """Rows by file. Files without rows are there as well in an export of the whole, and absent in a delta."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    mode: Mode = Mode.BULK
    code: str = CODE

    def row(self, file: str, sourced_id: str) -> Row:
        """The row with this id."""
        [found] = (row for row in self.rows[file] if row["sourcedId"] == sourced_id)
        return found

    def remove(self, file: str, sourced_id: str) -> None:
        """Takes the row out."""
        self.rows[file].remove(self.row(file, sourced_id))

    def write(self, folder: Path) -> Path:
        """The export as a zip in the folder."""
        path = folder / f"export-{len(list(folder.iterdir()))}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.csv", _csv(("propertyName", "value"), self._manifest()))
            for name, file in FILES[Release.V1_2].items():
                if self._mode(name) is not Mode.ABSENT:
                    header = (*file.header, *OWN.get(name, ()))
                    rows = ([row.get(column, "") for column in header] for row in self.rows.get(name, ()))
                    archive.writestr(f"{name}.csv", _csv(header, rows))
        return path

    def _mode(self, name: str) -> Mode:
        if name not in FILES[Release.V1_2]:
            return Mode.ABSENT
        return (
            Mode.DELTA
            if self.rows.get(name) and self.mode is Mode.DELTA
            else (Mode.BULK if self.mode is Mode.BULK else Mode.ABSENT)
        )

    def _manifest(self) -> Iterator[tuple[str, str]]:
        yield "manifest.version", "1.0"
        yield "oneroster.version", Release.V1_2
        for name in (*FILES[Release.V1_2], *SKIPPED[Release.V1_2]):
            yield f"file.{name}", self._mode(name)
        yield "source.systemName", "Export of the tests"
        yield "source.systemCode", self.code


def small_export() -> Export:
    """Two schools. In class 3b are Ala and Ola Lis, whose guardians are Jan and Ewa, and its teacher is Iga Kos."""
    return Export(
        {
            "orgs": [
                {"sourcedId": "d", "name": "Gmina Lipowa", "type": "district"},
                {"sourcedId": "s1", "name": "Szkoła nr 1", "type": "school", "parentSourcedId": "d"},
                {"sourcedId": "s2", "name": "Szkoła nr 2", "type": "school", "parentSourcedId": "d"},
            ],
            "academicSessions": [
                _session("y", "schoolYear", "2026-09-01", "2027-09-01"),
                _session("t1", "semester", "2026-09-01", "2027-01-30", parent="y"),
            ],
            "courses": [
                {
                    "sourcedId": "k3",
                    "title": "Klasa 3",
                    "orgSourcedId": "d",
                    "subjects": "matematyka,język polski",
                    "subjectCodes": "MAT,POL",
                }
            ],
            "classes": [_class("3b", "s1"), _class("3c", "s1")],
            "users": [
                _user("ala", "Ala", "Lis", agentSourcedIds="jan,ewa"),
                _user("ola", "Ola", "Lis", agentSourcedIds="jan,ewa"),
                _user("jan", "Jan", "Lis", email="jan@example.org"),
                _user("ewa", "Ewa", "Żak-Lis", **{"metadata.language": "uk"}),
                _user("iga", "Iga", "Kos"),
            ],
            "roles": [
                _role("ala", "student"),
                _role("ola", "student"),
                _role("jan", "parent"),
                _role("ewa", "guardian"),
                _role("iga", "teacher"),
                _role("iga", "guardian", org="s2"),
            ],
            "enrollments": [
                _enrolment("ala", "student"),
                _enrolment("ola", "student"),
                _enrolment("iga", "teacher", primary="true", **{"metadata.subjects": "MAT"}),
            ],
            "demographics": [{"sourcedId": "ala", "birthDate": "2017-05-03", "sex": "female"}],
        }
    )


def delta(**rows: list[Row]) -> Export:
    """A delta with these rows by file; those without a status are active."""
    changed = {file: [{"status": "active", "dateLastModified": AT, **row} for row in of] for file, of in rows.items()}
    return Export(changed, Mode.DELTA)


def _session(name: str, kind: str, begin: str, end: str, parent: str = "") -> Row:
    return {
        "sourcedId": name,
        "title": f"{kind} {name}",
        "type": kind,
        "startDate": begin,
        "endDate": end,
        "parentSourcedId": parent,
        "schoolYear": "2027",
    }


def _class(title: str, school: str) -> Row:
    return {
        "sourcedId": title,
        "title": title,
        "grades": "03",
        "courseSourcedId": "k3",
        "classType": "homeroom",
        "schoolSourcedId": school,
        "termSourcedIds": "y",
    }


def _user(name: str, given: str, family: str, **more: str) -> Row:
    return {
        "sourcedId": name,
        "enabledUser": "true",
        "username": name,
        "givenName": given,
        "familyName": family,
        **more,
    }


def _role(user: str, role: str, org: str = "s1") -> Row:
    return {
        "sourcedId": f"{user}-{role}",
        "userSourcedId": user,
        "roleType": "primary",
        "role": role,
        "orgSourcedId": org,
    }


def _enrolment(user: str, role: str, class_: str = "3b", **more: str) -> Row:
    return {
        "sourcedId": f"{user}-{class_}",
        "classSourcedId": class_,
        "schoolSourcedId": "s1",
        "userSourcedId": user,
        "role": role,
        **more,
    }


def _csv(header: tuple[str, ...], rows: Iterator[list[str]] | Iterator[tuple[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
