"""One run of a command of the bench: a console, a folder, and one line for what cannot be measured."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from bench.plan import NotMeasured
from devstack.demo.folder import LOGS, RunFolder
from devstack.kafka_jars import JarsMissingError
from devstack.launch import PR_SET_PDEATHSIG, prctl
from devstack.process import StartError


def open_console(width: int) -> Console:
    """What is printed to; so wide where nobody looks at it."""
    return Console(width=None if Console().is_terminal else width)


@contextmanager
def run_folder(console: Console) -> Iterator[Path]:
    """The folder of a run, gone when it has held. Where not, its logs are kept, and the command ends with 1."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # a make that is killed takes the run along
    folder = RunFolder()
    held = False
    try:
        yield folder.path
        held = True
    except (StartError, JarsMissingError, NotMeasured, TimeoutError) as error:
        why = str(error) or "it did not come to its end; the logs may say why"
        console.print(f"[red]It cannot be measured:[/red] {escape(why)}", highlight=False)
        raise typer.Exit(1) from None
    finally:
        folder.end(keep_logs=not held)
        if not held:
            console.print(f"The logs are kept for a week in {folder.path / LOGS}.")
