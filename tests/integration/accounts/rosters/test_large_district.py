"""A district of twenty thousand pupils comes in, in bounded memory, and once more without an event."""

import asyncio
import sys
from pathlib import Path

from bench.effort import Effort
from devstack.district.plan import Plan
from devstack.district.writing import write_district
from shared.runtime.postgres import Connection

STUDENTS = 20_000
MOST_BYTES = 200_000_000

COUNTED = """
SELECT (SELECT count(*) FROM orgs WHERE kind = 'school') + (SELECT count(*) FROM terms) + (SELECT count(*) FROM classes)
    + (SELECT count(*) FROM people)
    + (SELECT count(*) FROM guardianships) + (SELECT count(*) FROM enrolments)
"""


async def imported(url: str, export: Path) -> Effort:
    """Imports it in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.importing", url, str(export), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return Effort.from_line(printed.decode())


async def test_everybody_is_told_once_in_bounded_memory(connection: Connection, url: str, tmp_path: Path) -> None:
    export = tmp_path / "district.zip"
    write_district(Plan(students=STUDENTS, schools=20), export)
    effort = await imported(url, export)
    assert effort.peak_bytes < MOST_BYTES
    assert await connection.fetchval("SELECT count(*) FROM person_roles WHERE role = 'student'") == STUDENTS
    events = await connection.fetchval("SELECT count(*) FROM outbox")
    assert events == await connection.fetchval(COUNTED)
    assert events == await connection.fetchval("SELECT count(DISTINCT key) FROM outbox")
    await imported(url, export)
    assert await connection.fetchval("SELECT count(*) FROM outbox") == events
