"""Raw PostgreSQL: the rows of a registration, in one statement as ours, without their event.

usage: python -m bench.raw.postgres URL COUNT
"""

import asyncio
import secrets
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from bench.effort import Effort
from bench.raw import calm_garbage_collection
from bench.writing import written
from shared.runtime.sql import load_queries

SQL = load_queries("bench.raw")
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$" + "x" * 66

Row = tuple[UUID, str, str, str, str, str, datetime, datetime, bytes, list[bytes]]


def rows(count: int) -> list[Row]:
    """So many registrations."""
    now = datetime.now(UTC)
    return [
        (
            uuid4(),
            f"parent{number}@poczta.example",
            f"parent{number}@poczta.example",
            PASSWORD_HASH,
            "adult",
            "pl",
            now,
            now + timedelta(days=14),
            secrets.token_bytes(32),
            [secrets.token_bytes(32), secrets.token_bytes(32)],
        )
        for number in range(count)
    ]


async def register(connection: "asyncpg.Connection[asyncpg.Record]", row: Row) -> None:
    """One registration, one commit."""
    await connection.fetchval(SQL["register"], *row)


async def main(url: str, count: int) -> Effort:
    """Writes them all."""
    ready = rows(count)
    calm_garbage_collection()
    return await written(url, ready, register)


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1], int(sys.argv[2]))).line())
