"""The CSV files of a district: their columns, and how what is known comes into the order of these."""

from collections.abc import Mapping
from operator import itemgetter

from accounts.domain.oneroster.files import EXTENSION, FILES, Release

Row = tuple[str, ...]

LANGUAGE = f"{EXTENSION}language"
"""Of a user: pl, en or uk. The standard has no column for it."""

SUBJECTS = f"{EXTENSION}subjects"
"""Of a teacher's enrolment: the codes of what is taught. The standard knows the subjects of a class alone."""

EXTENSIONS: Mapping[str, tuple[str, ...]] = {"users": (LANGUAGE,), "enrollments": (SUBJECTS,)}
"""The columns that come after the standard's own."""

FILLED: Mapping[str, str] = {
    "orgs": "sourcedId name type identifier parentSourcedId",
    "academicSessions": "sourcedId title type startDate endDate parentSourcedId schoolYear",
    "courses": "sourcedId schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": (
        "sourcedId title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds"
        " subjects subjectCodes"
    ),
    "users": (
        "sourcedId enabledUser orgSourcedIds role username givenName familyName email agentSourcedIds grades"
        f" primaryOrgSourcedId {LANGUAGE}"
    ),
    "roles": "sourcedId userSourcedId roleType role beginDate orgSourcedId",
    "enrollments": f"sourcedId classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate {SUBJECTS}",
    "demographics": "sourcedId birthDate sex",
}
"""The columns that a district fills in, in the order in which rows are made. What a release has not is left out."""


class Sheet:
    """A file in a release: its header, and its rows."""

    def __init__(self, release: Release, name: str) -> None:
        self.header: Row = (*FILES[release][name].header, *EXTENSIONS.get(name, ()))
        """The names of the columns."""
        given = FILLED[name].split()
        empty = len(given)
        self._in_order = itemgetter(*(given.index(column) if column in given else empty for column in self.header))

    def row(self, *values: str) -> Row:
        """A row from the values of the columns in FILLED; the others are empty."""
        in_order: Row = self._in_order((*values, ""))
        return in_order


def sheets(release: Release) -> Mapping[str, Sheet]:
    """The files of a release by their names."""
    return {name: Sheet(release, name) for name in FILES[release]}
