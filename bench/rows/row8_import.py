"""Row 8: a district's export becomes its roster with all events; beside it COPY of the same rows into plain tables."""

from collections.abc import AsyncIterator
from pathlib import Path

from bench.effort import Effort
from bench.figures import Figure, Goal, rates, values
from bench.ground import Ground
from bench.memory import MEGABYTE
from bench.plan import Plan
from bench.rows import row8_projection
from devstack.district.plan import Plan as District
from devstack.district.writing import write_district

MILLION = 1_000_000
PUPILS_OF_SCHOOL = 1_000
CHANGES = 1.0
"""Percent of a delta."""

ALLOWED_SECONDS, ALLOWED_DELTA_SECONDS, ALLOWED_BYTES = 600.0, 60.0, 300 * MEGABYTE
GOAL = Goal(1.0, at_most=True)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row. Seconds have a goal for a million students alone."""
    students = MILLION if plan.long else plan.of(20_000, 3_000)
    whole, delta = _export(ground.folder, students), _export(ground.folder, students, changes=CHANGES)
    runs, changes = list[tuple[Effort, Effort]](), list[Effort]()
    for _ in range(1 if plan.long else plan.runs):
        raw = await ground.side("bench.raw.roster", await ground.database("accounts"), str(whole))
        database = await ground.database("accounts")
        runs.append((raw, await ground.side("bench.importing", database, str(whole))))
        changes.append(await ground.side("bench.importing", database, str(delta)))
    yield rates(8, f"import of {students:,} students / COPY into plain tables", "rows/s", runs)
    goal = GOAL if students == MILLION else None
    seconds = [(ALLOWED_SECONDS, ours.seconds) for _, ours in runs]
    yield values(8, f"the same, seconds / what {MILLION:,} may take", "s", seconds, goal=goal)
    seconds = [(ALLOWED_DELTA_SECONDS, each.seconds) for each in changes]
    yield values(8, f"a delta of {CHANGES:g}%, seconds / what one of {MILLION:,} may take", "s", seconds, goal=goal)
    memory = [(ALLOWED_BYTES / MEGABYTE, ours.peak_bytes / MEGABYTE) for _, ours in runs]
    yield values(8, "memory of the import / what is allowed", "MB", memory, goal=GOAL)
    async for figure in row8_projection.measure(ground, plan, database):
        yield figure


def _export(folder: Path, students: int, *, changes: float | None = None) -> Path:
    """An invented district's export."""
    path = folder / f"district-{students}-{'delta' if changes else 'whole'}.zip"
    schools = max(2, students // PUPILS_OF_SCHOOL)
    write_district(District(students=students, schools=schools, changes=changes), path)
    return path
