"""What the files of a district contain, school by school, in bulk or as a delta."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from accounts.domain.oneroster.files import SKIPPED
from devstack.district.changes import changed
from devstack.district.delta import difference
from devstack.district.plan import Plan
from devstack.district.rows import Rows
from devstack.district.school import school
from devstack.district.sheets import Row

CHANGING = ("classes", "users", "roles", "enrollments", "demographics")
"""The files that a delta has."""

Part = Mapping[str, Sequence[Row]]
"""Rows by the names of their files."""


class Contents:
    """The files of a plan's district."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rows = Rows(plan)

    @property
    def headers(self) -> Mapping[str, Row]:
        """The files that are written, with their headers."""
        return {
            name: sheet.header
            for name, sheet in self._rows.sheets.items()
            if self._plan.changes is None or name in CHANGING
        }

    def of_district(self) -> Part:
        """What no school has for itself; in a delta nothing."""
        return self._rows.of_district() if self._plan.changes is None else {}

    def of_schools(self) -> Iterator[Part]:
        """A part for each school, made when it is asked for."""
        return map(self._of_school, range(1, self._plan.schools + 1))

    def manifest(self) -> Sequence[Row]:
        """manifest.csv: which of the standard's files are there, and how they are meant."""
        mode = "bulk" if self._plan.changes is None else "delta"
        written = self.headers
        names = sorted(chain(self._rows.sheets, SKIPPED[self._plan.release]))
        return [
            ("propertyName", "value"),
            ("manifest.version", "1.0"),
            ("oneroster.version", self._plan.release),
            *((f"file.{name}", mode if name in written else "absent") for name in names),
            ("source.systemName", "Dzwonek's invented district"),
            ("source.systemCode", "dzwonek-district"),
        ]

    def _of_school(self, number: int) -> Part:
        before = school(self._plan, number)
        was = self._rows.of_school(before)
        if self._plan.changes is None:
            return was
        now = self._rows.of_school(changed(self._plan, self._plan.changes, before))
        modified = f"{self._plan.school_year.changed.isoformat()}T06:00:00.000Z"
        return {name: difference(was[name], now[name], modified) for name in self.headers}
