"""A district as whoever imports it reads it."""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.district.plan import Plan
from devstack.district.writing import write_district

Row = Mapping[str, str]
Rows = Mapping[str, Row]

REFERENCES = {
    ("orgs", "parentSourcedId"): "orgs",
    ("academicSessions", "parentSourcedId"): "academicSessions",
    ("courses", "schoolYearSourcedId"): "academicSessions",
    ("courses", "orgSourcedId"): "orgs",
    ("classes", "courseSourcedId"): "courses",
    ("classes", "schoolSourcedId"): "orgs",
    ("classes", "termSourcedIds"): "academicSessions",
    ("users", "orgSourcedIds"): "orgs",
    ("users", "primaryOrgSourcedId"): "orgs",
    ("users", "agentSourcedIds"): "users",
    ("roles", "userSourcedId"): "users",
    ("roles", "orgSourcedId"): "orgs",
    ("enrollments", "classSourcedId"): "classes",
    ("enrollments", "schoolSourcedId"): "orgs",
    ("enrollments", "userSourcedId"): "users",
    ("demographics", "sourcedId"): "users",
}
"""Which columns lead to which file; several ids have commas between them."""


@dataclass(frozen=True)
class Exported:
    """The files of an export: headers, rows by their sourcedIds, and the manifest."""

    headers: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Rows]
    manifest: Mapping[str, str]

    @property
    def users(self) -> Rows:
        """Everybody."""
        return self.files["users"]

    def pupils(self) -> Rows:
        """Who has demographics."""
        return {user: row for user, row in self.users.items() if user in self.files["demographics"]}

    def guardians_of(self, pupil: str) -> list[str]:
        """The ids of a pupil's guardians."""
        return ids(self.users[pupil]["agentSourcedIds"])

    def children_of(self) -> Mapping[str, list[str]]:
        """The pupils of each guardian."""
        children: dict[str, list[str]] = {}
        for pupil in self.pupils():
            for guardian in self.guardians_of(pupil):
                children.setdefault(guardian, []).append(pupil)
        return children

    def roles_of(self, user: str) -> set[tuple[str, str]]:
        """What somebody is, and where, by roles.csv."""
        rows = self.files["roles"].values()
        return {(row["role"], row["orgSourcedId"]) for row in rows if row["userSourcedId"] == user}


def ids(text: str) -> list[str]:
    """The ids of a list."""
    return text.split(",") if text else []


def exported(folder: Path, plan: Plan) -> Exported:
    """Writes the district and reads it again."""
    out = folder / "district.zip"
    write_district(plan, out)
    return read(out)


def read(path: Path) -> Exported:
    """Reads an export, and knows that no id comes twice in a file."""
    headers: dict[str, tuple[str, ...]] = {}
    files: dict[str, Rows] = {}
    with zipfile.ZipFile(path) as archive:
        texts = {name.removesuffix(".csv"): archive.read(name).decode() for name in archive.namelist()}
    manifest = dict(list(csv.reader(io.StringIO(texts.pop("manifest"), newline="")))[1:])
    for name, text in texts.items():
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        headers[name] = tuple(header)
        files[name] = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
        assert len(files[name]) == len(rows), f"an id comes twice in {name}"
    return Exported(headers, files, manifest)


def lost_references(files: Mapping[str, Rows]) -> list[tuple[str, str, str]]:
    """The references that lead nowhere: file, column, id."""
    return [
        (name, column, each)
        for (name, column), to in REFERENCES.items()
        for row in files.get(name, {}).values()
        for each in ids(row.get(column, ""))
        if each not in files[to]
    ]
