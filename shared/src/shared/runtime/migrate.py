"""Migrations: plain SQL files, forward only, one transaction each, under an advisory lock.

A file that has run may never change: its checksum is kept. Expand first, contract in a later release, so that the old
and the new version of a service can run side by side.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import asyncpg
from pydantic import PostgresDsn

from shared.runtime.postgres import Connection, connect

RUNTIME = "shared.runtime"
LOCK = 0x647A776F6E656B  # "dzwonek"
_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


class MigrationError(Exception):
    """A migration cannot run; the message says why and how to mend it."""


@dataclass(frozen=True)
class Migration:
    """One file of a package's `migrations/`."""

    package: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_of(package: str) -> list[Migration]:
    """The package's migrations in order. Raises MigrationError for a wrong name or a number that stands twice."""
    names = sorted(entry.name for entry in (files(package) / "migrations").iterdir() if entry.name.endswith(".sql"))
    numbers = [match[1] for name in names if (match := _FILE.match(name))]
    if len(numbers) != len(names):
        raise MigrationError(f"{package}: name migrations NNNN_words.sql")
    if len(set(numbers)) != len(numbers):
        raise MigrationError(f"{package}: two migrations have one number")
    folder = files(package) / "migrations"
    return [Migration(package, name, (folder / name).read_text(encoding="utf-8")) for name in names]


async def migrate(url: PostgresDsn | str, packages: Sequence[str]) -> list[str]:
    """Brings the database to the newest version: the runtime's tables, then each package's. Returns what was applied.

    Several processes may call it at once: one works, the others wait and find nothing to do.
    """
    wanted = [migration for package in (RUNTIME, *packages) for migration in migrations_of(package)]
    connection = await connect(url, application="migrate")
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=600)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (package text, name text, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (package, name))"
        )
        rows = await connection.fetch("SELECT package, name, checksum FROM migrations")
        applied = {(row["package"], row["name"]): row["checksum"] for row in rows}
        return [migration.name for migration in wanted if await _apply(connection, migration, applied)]
    finally:
        await connection.close()


async def pending(connection: Connection, packages: Sequence[str]) -> list[str]:
    """The migrations that this code knows and the database has not had: a process waits until there are none."""
    wanted = {(migration.package, migration.name) for name in (RUNTIME, *packages) for migration in migrations_of(name)}
    try:
        rows = await connection.fetch("SELECT package, name FROM migrations")
    except asyncpg.UndefinedTableError:
        rows = []
    return sorted(name for _, name in wanted - {(row["package"], row["name"]) for row in rows})


async def _apply(connection: Connection, migration: Migration, applied: dict[tuple[str, str], str]) -> bool:
    checksum = applied.get((migration.package, migration.name))
    if checksum == migration.checksum:
        return False
    if checksum is not None:
        raise MigrationError(
            f"{migration.package}/{migration.name} has changed since it ran: put it back and write a new migration"
        )
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '5s'")
        await connection.execute(migration.sql, timeout=600)
        await connection.execute(
            "INSERT INTO migrations (package, name, checksum) VALUES ($1, $2, $3)",
            migration.package,
            migration.name,
            migration.checksum,
        )
    return True
