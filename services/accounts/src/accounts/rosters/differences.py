"""What an import changes, found by comparing what was staged with what stands, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.domain.oneroster.files import Mode
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "differences.sql")

_FILES: Mapping[str, str] = {
    "terms": "academicSessions",
    "courses": "courses",
    "orgs": "orgs",
    "classes": "classes",
    "roles": "roles",
    "people": "users",
    "guardianships": "users",
    "enrolments": "enrollments",
}
"""From which file each comes. What is compared with courses comes after courses, and people after their roles."""


@dataclass(frozen=True)
class Count:
    """How many of these are new, other than before, over, or as they were."""

    what: str
    created: int
    changed: int
    ended: int
    unchanged: int


@dataclass(frozen=True)
class Differences:
    """What an import would do. `people_before` are those of the district who are not over."""

    counts: tuple[Count, ...]
    people_before: int

    @property
    def ended_share(self) -> float:
        """The part of the district's people who would be over."""
        [people] = (count for count in self.counts if count.what == "people")
        return people.ended / self.people_before if self.people_before else 0.0


async def find_differences(
    connection: Connection, modes: Mapping[str, Mode], *, district: UUID, today: date
) -> Differences:
    """Compares what was staged, and leaves what changed in tables of the connection's own."""
    for what, file in _FILES.items():
        await connection.execute(SQL[f"find_{what}"], modes.get(file) is not Mode.BULK, district, today)
    await connection.execute(SQL["index_changes"])
    counts = tuple(Count(**row) for row in await connection.fetch(SQL["count"]))
    return Differences(counts, await connection.fetchval(SQL["people_of_district"], district))
