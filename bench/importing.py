"""Ours of row 8: an import as the command does it.

usage: python -m bench.importing URL FILE
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from accounts.rosters.importing import Outcome, Stage, Wishes, import_roster
from bench.effort import Effort, OwnWatch
from shared.runtime.postgres import connect


async def main(url: str, file: Path) -> Effort:
    """Imports the file. The items are the rows that it has."""
    connection = await connect(url, application="bench", command_seconds=None)
    read = 0

    def told(stage: str, done: int, total: int | None) -> None:  # noqa: ARG001 - as the import tells it
        nonlocal read
        if stage == Stage.READING:
            read = done

    watch = OwnWatch()
    report = await import_roster(connection, file, Wishes(most_ended=1.0), now=datetime.now(UTC), progress=told)
    await connection.close()
    if report.outcome is not Outcome.APPLIED:
        raise SystemExit(f"the import ended as {report.outcome}, with {report.findings.count} faults")
    return watch.stop(read)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], Path(sys.argv[2]))).line())
