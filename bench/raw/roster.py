"""Raw PostgreSQL: COPY of the files of an export into plain tables of text.

usage: python -m bench.raw.roster URL FILE
"""

import asyncio
import io
import sys
import zipfile
from pathlib import Path

import asyncpg

from bench.effort import Effort, OwnWatch


async def main(url: str, file: Path) -> Effort:
    """Copies every file but the manifest. The items are their rows."""
    connection = await asyncpg.connect(url)
    watch, rows = OwnWatch(), 0
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name != "manifest.csv":
                rows += await _copied(connection, archive, name)
    await connection.close()
    return watch.stop(rows)


async def _copied(connection: "asyncpg.Connection[asyncpg.Record]", archive: zipfile.ZipFile, name: str) -> int:
    with io.TextIOWrapper(archive.open(name), encoding="utf-8") as source:
        columns = source.readline().strip().split(",")
    table = f"raw_{Path(name).stem.lower()}"
    names = ", ".join(f'"{column}" text' for column in columns)
    await connection.execute(f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({names})")
    with archive.open(name) as source:
        done = await connection.copy_to_table(table, source=source, format="csv", header=True, timeout=3600)
    return int(done.rpartition(" ")[2])


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], Path(sys.argv[2]))).line())
