"""`make district`: writes an invented school district as OneRoster CSV."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from accounts.domain.oneroster.files import Release
from devstack.district.plan import Plan, PlanError
from devstack.district.writing import PlaceError, Written, check_place, write_district
from shared.runtime.commands import EXIT_USAGE, fail

app = typer.Typer(add_completion=False)


@app.command()
def district(
    students: Annotated[int, typer.Option(help="How many pupils, up to a million and more.")] = 3000,
    *,
    schools: Annotated[int, typer.Option(help="How many schools; one in four is a secondary school.")] = 5,
    out: Annotated[Path, typer.Option(help="The zip to write; one that is there is replaced.")] = Path("district.zip"),
    seed: Annotated[int, typer.Option(help="Another seed is another district; the same is the same, to the byte.")] = 1,
    year: Annotated[int, typer.Option(help="The year in which the school year begins.")] = 2026,
    release: Annotated[str, typer.Option(help="Of OneRoster: 1.1 or 1.2.")] = Release.V1_2,
    changes: Annotated[
        float | None, typer.Option(help="A delta of about so many percent against the bulk of the same district.")
    ] = None,
) -> None:
    """Write an invented school district as OneRoster CSV in a zip."""
    console = Console()
    began = time.perf_counter()
    try:
        check_place(out)
        plan = Plan(students, schools, seed=seed, year=year, release=_release(release), changes=changes)
        with _progress(console) as progress:
            task = progress.add_task("Writing schools", total=plan.schools)
            written = write_district(plan, out, lambda: progress.advance(task))
    except (PlanError, PlaceError) as error:
        fail(str(error), EXIT_USAGE)
    except OSError as error:
        fail(f"OUT={out}: it cannot be written ({error.strerror}); make room there, or name another place", EXIT_USAGE)
    seconds = time.perf_counter() - began
    console.print(_table(written))
    console.print(
        f"{out}: {decimal(written.size)} in {seconds:.1f} s, {written.total / seconds:,.0f} rows a second.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def main() -> None:
    """Runs the command; whatever is wrong about its options is said in one line."""
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        typer.echo(error.format_message(), err=True)
        code = EXIT_USAGE
    sys.exit(code)


def _release(text: str) -> Release:
    try:
        return Release(text)
    except ValueError:
        raise PlanError(f"RELEASE={text}: there are {' and '.join(Release)}") from None


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _table(written: Written) -> Table:
    """How many rows were written to each file."""
    table = Table()
    table.add_column("file")
    table.add_column("rows", justify="right")
    for name, count in written.rows.items():
        table.add_row(f"{name}.csv", f"{count:,}")
    table.add_section()
    table.add_row("together", f"{written.total:,}")
    return table


if __name__ == "__main__":
    main()
