"""A PostgreSQL that has no connection left, or no room on its disk."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest

from devstack.postgres_databases import address, create_role, drop_role, new_role, superuser
from devstack.postgres_program import unprivileged_user
from devstack.system import System

DISK = "128m"
"""Room for the tables of a long run; as much memory is taken while it is full."""

BLOCK = bytes(1024 * 1024)
TAKE_SECONDS = 0.02
TABLES: Mapping[str, Sequence[str]] = {
    "accounts": ("accounts", "outbox"),
    "notifications": ("contacts", "inbox", "mail_queue", "outbox"),
}
"""What grows with every registration, by database."""


@asynccontextmanager
async def crowd(server: str) -> AsyncIterator[None]:
    """Somebody who takes every connection of the server, also those that others give up."""
    role = new_role("crowd")
    await create_role(server, role)
    all_taken = asyncio.Event()
    taking = asyncio.ensure_future(_take_all(address(server, database="postgres", role=role), all_taken))
    try:
        await asyncio.wait_for(all_taken.wait(), 60)
        yield
    finally:
        taking.cancel()
        await asyncio.wait({taking})
        await drop_role(server, role)


async def _take_all(url: str, all_taken: asyncio.Event) -> None:
    async with _many() as connections:
        while True:
            try:
                connections.append(await asyncpg.connect(url))
            except asyncpg.TooManyConnectionsError:
                all_taken.set()
                await asyncio.sleep(TAKE_SECONDS)


@asynccontextmanager
async def _many() -> AsyncIterator[list["asyncpg.Connection[asyncpg.Record]"]]:
    connections: list[asyncpg.Connection[asyncpg.Record]] = []
    try:
        yield connections
    finally:
        for connection in connections:
            connection.terminate()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own. The test is skipped where none may be mounted."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=False)  # noqa: S607
    if mounted.returncode:
        pytest.skip("a file system can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


@asynccontextmanager
async def tables_on(disk: Path, system: System) -> AsyncIterator[None]:
    """What grows with every registration lies on that disk."""
    place = disk / "tables"
    _make_for_postgres(place)
    async with superuser(system.postgres.url()) as connection:
        await connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        try:
            await _move(system, "small")
            yield
        finally:
            await _move(system, "pg_default")
            await connection.execute("DROP TABLESPACE small")


def _make_for_postgres(folder: Path) -> None:
    folder.mkdir()
    if (user := unprivileged_user()) is not None:
        os.chown(folder, user, user)


async def _move(system: System, tablespace: str) -> None:
    for database, tables in TABLES.items():
        async with superuser(system.postgres.url(database)) as connection:
            for table in tables:
                await connection.execute(f"ALTER TABLE {table} SET TABLESPACE {tablespace}")


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on that disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (len(BLOCK), 1):
            try:
                while file.write(BLOCK[:size]):
                    pass
            except OSError:  # full
                continue
    try:
        yield
    finally:
        ballast.unlink()
