"""How far a long command is, on a terminal: the stage, rows, rate and, where the end is known, the time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Told = Callable[[str, int, int | None], None]
"""Told of the stage, how many rows it has done and, where it is known, of how many."""


@contextmanager
def shown(console: Console) -> Iterator[Told]:
    """Shows what it is told; on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def tell(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total, rate="")
            task = progress.tasks[tasks[stage]]
            rate = f"{task.speed:,.0f} rows/s" if task.speed else ""
            progress.update(tasks[stage], completed=done, total=total, rate=rate)

        yield tell
