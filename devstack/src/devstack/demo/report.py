"""What the demo shows: a table of the steps, the memory, the addresses; and the same as JSON."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from devstack.demo.linking import PAGE
from devstack.demo.office import slips_in
from devstack.demo.sign_ins import sign_ins_in
from devstack.demo.steps import LANGUAGES, Step
from devstack.system import System

MEGABYTE = 1_000_000


def steps_table(steps: Sequence[Step]) -> Table:
    """The steps with their times."""
    table = Table(title="The way in, over real PostgreSQL, Kafka and SMTP")
    table.add_column("part")
    table.add_column("step")
    table.add_column("seen")
    table.add_column("seconds", justify="right")
    for language, told in groupby(steps, key=lambda step: step.language):
        part = LANGUAGES[language] if language else "at the office"
        table.add_section()
        for step in told:
            table.add_row(part, escape(step.name), escape(step.seen), f"{step.seconds:.2f}")
            part = ""
    return table


def print_addresses(console: Console, system: System) -> None:
    """Where to look."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, place in places(system).items():
        table.add_row(name, place)
    console.print(table)


def places(system: System) -> dict[str, str]:
    """The addresses to open, and the folders to look into."""
    return {
        "register": f"{system.public_url}/register",
        "children": f"{system.public_url}{PAGE}",
        "slips": f"{slips_in(system.folder)} (the class's logins, with first passwords)",
        "guardians": f"{sign_ins_in(system.folder)} (with what the two sign in)",
        "inbox": system.inbox.url,
        "API docs": f"{system.public_url}/docs",
        "logs": str(system.folder / "logs"),
        "settings": str(system.settings_folder),
    }


def memory_line(memory: Mapping[str, int]) -> str:
    """The memory in use, with the JVM apart."""
    ours = sum(size for name, size in memory.items() if name != "kafka")
    return f"{ours / MEGABYTE:.0f} MB of memory without Kafka's JVM ({memory.get('kafka', 0) / MEGABYTE:.0f} MB)"


@contextmanager
def place_of_report(path: Path) -> Iterator[None]:
    """Holds the place of the report for as long as a demo runs. It begins without the report of an earlier one.

    A run that fails must not be taken for the last one that held. Where another demo is running that writes there, too,
    its report stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            pass
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def write_report(
    path: Path, *, steps: Sequence[Step], ready: float, first_mail: float, memory: Mapping[str, int]
) -> None:
    """Writes the steps with their seconds, and the seconds from the start to readiness and to the first mail."""
    report = {
        "ready_seconds": round(ready, 3),
        "first_mail_seconds": round(first_mail, 3),
        "memory_bytes": dict(memory),
        "steps": [
            {"language": step.language, "step": step.name, "seen": step.seen, "seconds": round(step.seconds, 3)}
            for step in steps
        ],
    }
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    new.replace(path)  # of two demos at once the later one's report stands, whole
