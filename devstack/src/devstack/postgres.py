"""A PostgreSQL server of our own: real, on loopback, with its data in the run's folder."""

import asyncio
import os
import secrets
import shutil
import signal
from pathlib import Path

import asyncpg

from devstack.ports import free_port
from devstack.postgres_program import PostgresProgram, find_postgres, unprivileged_user
from devstack.process import Process, StartError, until_ready

SUPERUSER = "postgres"
READY_SECONDS = 30.0
INITDB_SECONDS = 60.0
SHARED_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "8GB",  # as in compose.yaml
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The detail of an error and the statement that caused it would write values of rows into the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
"""Of a server for the demo and the tests, wherever it runs."""

SETTINGS = {
    **SHARED_SETTINGS,
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # their paths are limited to 107 characters; TCP has no such trap
    "dynamic_shared_memory_type": "mmap",  # inside the data folder: a killed server leaves nothing in /dev/shm
}
# synchronous_commit stays on: without it a kill -9 loses what was committed in the last half second.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """One server. Its data outlives stop, kill and restart, and goes with the folder.

    Args:
        folder: where data and log go; made if it is not there.
        durable: False lets commits return before they are on disk: faster, and still safe against kill -9, but not
            against a power cut.
        program: which PostgreSQL to run; by default the one that `find_postgres` finds.
    """

    def __init__(self, folder: Path, *, durable: bool = True, program: PostgresProgram | None = None) -> None:
        self.folder = folder
        self.program = program or find_postgres()
        self.port = free_port()
        self._password = secrets.token_urlsafe(24)
        self._uid = unprivileged_user()
        settings = {**SETTINGS, "port": str(self.port), **({} if durable else NOT_DURABLE)}
        self.process = Process(
            "PostgreSQL",
            [self.program.postgres, "-D", self.data, *(f"--{name}={value}" for name, value in settings.items())],
            log=folder / "postgres.log",
            cwd=folder,
            stop_signal=signal.SIGINT,  # ends sessions instead of waiting for them (PostgreSQL's "fast" shutdown)
            death_signal=signal.SIGINT,
            uid=self._uid,
        )

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """The superuser's address of a database: for making roles and databases, never for a service."""
        return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self.port}/{database}"

    async def start(self) -> None:
        """Makes the data folder the first time, starts the server and returns once it answers a query.

        Raises StartError with the end of the log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            await self._make_data_folder()
        await self.process.start()
        await until_ready(self.process, self._answers, seconds=READY_SECONDS)

    async def stop(self) -> None:
        """Ends it in good order."""
        await self.process.stop()

    async def kill(self) -> None:
        """Ends it and its backends at once (SIGKILL)."""
        await self.process.kill()

    async def restart(self) -> None:
        """Stops it, if it runs, and starts it again on the same port with the same data."""
        await self.stop()
        await self.start()

    async def _make_data_folder(self) -> None:
        """Runs initdb; a data folder that was left half-made is made anew."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if self._uid is not None:
            os.chown(self.data, self._uid, self._uid)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        access = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        # No ICU in the wheel; C.UTF-8 sorts by code point and knows letters beyond ASCII.
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        command: list[str | Path] = [
            self.program.initdb,
            f"--pgdata={self.data}",
            *access,
            *locale,
            "--no-sync",
            "--no-instructions",
        ]
        initdb = Process("initdb", command, log=self.folder / "initdb.log", cwd=self.folder, uid=self._uid)
        await initdb.start()
        try:
            async with asyncio.timeout(INITDB_SECONDS):
                code = await initdb.wait()
        finally:
            await initdb.kill()
            password_file.unlink()
        if code:
            raise StartError(f"initdb ended with code {code}; its log:\n{initdb.tail()}")

    async def _answers(self) -> bool:
        """Whether a query is answered, asked only once the server's own lock file says that it is ready."""
        try:
            state = (self.data / "postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        if not state or state[0] != str(self.process.pid) or state[-1] != "ready":
            return False
        connection = await asyncpg.connect(self.url())
        try:
            return bool(await connection.fetchval("SELECT true"))
        finally:
            await connection.close()
