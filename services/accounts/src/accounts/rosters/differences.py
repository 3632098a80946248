"""What an import changes, found by comparing what was staged with what stands, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.domain.oneroster.files import Mode
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "differences.sql")

_OVER: Mapping[str, str] = {"classes": "classes", "people": "users"}
"""What others hang on, and from which file it comes: what a whole one does not name is over."""

_FILES: Mapping[str, str | None] = {
    "terms": "academicSessions",
    "orgs": "orgs",
    "classes": None,
    "roles": "roles",
    "people": "roles",
    "guardianships": "users",
    "enrolments": "enrollments",
}
"""What is found, one after the other, and by which file: what a whole one does not name is over. Who is over is known
already; of people it is their roles that say whose birthday is kept."""


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
    """What an import would do. `standing` is how many of these are not over in the district before it."""

    counts: tuple[Count, ...]
    standing: Mapping[str, int]

    @property
    def ended_share(self) -> float:
        """The largest part that would be over of the district's people, guardianships or enrolments."""
        ended = {each.what: each.ended for each in self.counts}
        return max(ended[what] / max(count, 1) for what, count in self.standing.items())


async def find_differences(
    connection: Connection, modes: Mapping[str, Mode], *, district: UUID, last_day: date
) -> Differences:
    """Compares what was staged, and leaves what changed in tables of the connection's own.

    `last_day` is the last one that counts of what is over now.
    """
    for what, over_file in _OVER.items():
        await connection.execute(SQL[f"find_{what}_over"], district, last_day, modes.get(over_file) is not Mode.BULK)
    await connection.execute(SQL["analyze_over"])
    await connection.execute(SQL["find_courses"], district)
    for what, file in _FILES.items():
        delta = (modes.get(file) is not Mode.BULK,) if file else ()
        await connection.execute(SQL[f"find_{what}"], district, last_day, *delta)
    await connection.execute(SQL["index_changes"])
    counts = tuple(Count(**row) for row in await connection.fetch(SQL["count"]))
    standing = {row["what"]: row["count"] for row in await connection.fetch(SQL["standing"], district, last_day)}
    return Differences(counts, standing)
