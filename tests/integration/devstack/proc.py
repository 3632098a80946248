"""Looks at processes from outside, and runs a parent that can be killed."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def state_of(pid: int) -> str:
    """The kernel's letter for what a process does (`T` stopped, `Z` dead and not buried); empty when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return stat.rpartition(")")[2].split()[0]


def ended(pid: int) -> bool:
    """Whether a process is no more."""
    return state_of(pid) in {"", "Z", "X"}


def user_of(pid: int) -> int:
    """Whose process it is."""
    return Path(f"/proc/{pid}").stat().st_uid


def command_of(pid: int) -> str:
    """What it was started with."""
    return Path(f"/proc/{pid}/cmdline").read_text()


def threads_of(pid: int) -> int:
    """How many threads it has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def files_with(text: str, folder: Path) -> list[Path]:
    """The files of a folder that hold the text."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if text.encode() in file.read_bytes()]


@contextmanager
def parent(program: str) -> Iterator[list[int]]:
    """Runs a Python program that prints the ids of its children on one line; kills it (SIGKILL) at the end."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield [int(pid) for pid in process.stdout.readline().split()]
        finally:
            process.kill()
