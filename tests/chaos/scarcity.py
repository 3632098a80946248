"""A PostgreSQL that has no connection left, or no room on its disk."""

import asyncio
import contextlib
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
from shared.runtime.postgres import Connection
from tests.chaos.faults import Faults

DISK = 128 * 1024 * 1024
"""Room for the tables of a long run, in bytes; as much memory is taken while it is full."""

BLOCK = bytes(1024 * 1024)
TAKE_SECONDS = 0.02
TABLES: Mapping[str, Sequence[str]] = {
    "accounts": ("accounts", "outbox"),
    "notifications": ("contacts", "inbox", "mail_queue", "outbox"),
}
"""What grows with every registration, by database."""

QUOTA = """
CREATE FUNCTION over_quota() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'over the quota' USING ERRCODE = 'disk_full'; END $$
"""


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
def small_disk(folder: Path, *, beside: Path | None = None) -> Iterator[Path]:
    """A file system of its own, with room for what lies in the folder `beside`, too.

    The test is skipped where none may be mounted.
    """
    size = DISK + (size_of(beside) if beside else 0)
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)  # noqa: S607
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("a file system can be mounted by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607
        folder.rmdir()


def size_of(folder: Path) -> int:
    """The bytes of the files in it that do not go meanwhile."""
    return sum(entry.stat().st_size for entry in folder.iterdir() if entry.exists())


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


@asynccontextmanager
async def over_quota(system: System) -> AsyncIterator[None]:
    """What grows with every registration may not: a trigger refuses it with the code of a full disk.

    That is no disk, and runs everywhere.
    """
    for database, tables in TABLES.items():
        async with superuser(system.postgres.url(database)) as connection:
            await connection.execute(QUOTA)
            for table in tables:
                await connection.execute(
                    f"CREATE TRIGGER over_quota BEFORE INSERT ON {table} EXECUTE FUNCTION over_quota()"
                )
    try:
        yield
    finally:
        for database in TABLES:
            async with superuser(system.postgres.url(database)) as connection:
                await _lift_quota(connection)


async def _lift_quota(connection: Connection) -> None:
    """Whoever registers locks the tables in another order: of two in a circle PostgreSQL sends one away."""
    while True:
        with contextlib.suppress(asyncpg.DeadlockDetectedError):
            await connection.execute("DROP FUNCTION over_quota CASCADE")
            return


@asynccontextmanager
async def log_on(disk: Path, faults: Faults, system: System) -> AsyncIterator[None]:
    """PostgreSQL's own log lies on that disk."""
    log, place = system.postgres.data / "pg_wal", disk / "pg_wal"
    await faults.stop("postgres")
    _move_as_it_is(log, place)
    log.symlink_to(place)
    try:
        await faults.start("postgres")
        yield
    finally:
        await faults.stop("postgres")
        log.unlink()
        _move_as_it_is(place, log)
        await faults.start("postgres")


def _move_as_it_is(folder: Path, place: Path) -> None:
    """Also to another file system, with its owner."""
    subprocess.run(["mv", folder, place], check=True)  # noqa: S607


async def use_up_log(server: str) -> None:
    """Has PostgreSQL begin one file of its log after the other until it refuses, because it ends for want of room."""
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        async with superuser(server) as connection:
            while True:
                await connection.execute("SELECT pg_logical_emit_message(true, 'chaos', 'x'), pg_switch_wal()")


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
