"""`python -m bench`: the bench as a command."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.report import LATEST, PAGE, QUICK, write_latest, write_page
from bench.rows import (
    row1_sender,
    row2_pipeline,
    row3_account,
    row4_relay,
    row5_latency,
    row6_lanes,
    row8_import,
    row10_standing,
)
from bench.run import open_console, run_folder
from bench.table import number, table
from devstack.module_process import preloaded

Row = Callable[[Ground, Plan], AsyncIterator[Figure]]

ROWS: Mapping[int, Row] = {
    1: row1_sender.measure,
    2: row2_pipeline.measure,
    3: row3_account.measure,
    4: row4_relay.measure,
    5: row5_latency.measure,
    6: row6_lanes.measure,
    8: row8_import.measure,
    10: row10_standing.measure,
}
ONLY_AT_LENGTH = {10}
"""Rows that are measured when they are named or asked for with all that takes long."""

FULL_RUNS, QUICK_RUNS = 5, 2
WIDTH = 160


def bench(
    row: Annotated[list[int] | None, typer.Option(help="Only this row; may be said several times.")] = None,
    *,
    quick: Annotated[bool, typer.Option(help="Few items and few runs: everything within minutes.")] = False,
    long: Annotated[bool, typer.Option(help="Also what takes a million mails.")] = False,
    peer: Annotated[bool, typer.Option(help="Also the same mails with Celery and Django.")] = False,
    runs: Annotated[int | None, typer.Option(min=1, help="How often each line is measured.")] = None,
    page: Annotated[bool, typer.Option(help="Put the table into the documentation though rows are missing.")] = False,
) -> None:
    """Measure the rows, print the table and keep it."""
    console = open_console(WIDTH)
    wanted = row or [number for number in ROWS if long or number not in ONLY_AT_LENGTH]
    if unknown := set(wanted) - ROWS.keys():
        raise typer.BadParameter(f"there is no row {min(unknown)}; there are {', '.join(map(str, ROWS))}")
    plan = Plan(runs or (QUICK_RUNS if quick else FULL_RUNS), quick=quick, long=long, peer=peer)
    kept = QUICK if quick else LATEST
    with run_folder(console) as folder:
        figures, parts = asyncio.run(_measured(console, Ground(folder), wanted, plan, kept))
    console.print(table(figures))
    console.print(f"Kept in {kept}.")
    if not quick and (page or set(wanted) >= set(ROWS) - ONLY_AT_LENGTH):
        write_page(figures, command=_command(row, plan, runs), parts=parts)
        console.print(f"The table is in {PAGE}.")


def _command(row: Sequence[int] | None, plan: Plan, runs: int | None) -> str:
    """How somebody has the same measured again."""
    words = {
        "ROW": f'"{" ".join(map(str, row))}"' if row else "",
        "RUNS": str(runs) if runs else "",
        "LONG": "1" if plan.long else "",
        "PEER": "1" if plan.peer else "",
    }
    return " ".join(["make bench", *(f"{name}={value}" for name, value in words.items() if value)])


async def _measured(
    console: Console, ground: Ground, wanted: Sequence[int], plan: Plan, kept: Path
) -> tuple[Sequence[Figure], str]:
    """The figures, and the parts that they were measured on. Each row is kept as it ends, whatever the next does."""
    preloaded()
    figures: list[Figure] = []
    try:
        for row in wanted:
            of_row: list[Figure] = []
            async for figure in ROWS[row](ground, plan):
                of_row.append(figure)
                console.print(
                    f"row {figure.row}: {escape(figure.name)}: {number(figure.ours)} of {number(figure.raw)}"
                    f" {figure.unit}, ratio {figure.ratio:.2f}",
                    highlight=False,
                )
            write_latest(of_row, kept)
            figures += of_row
        return figures, await ground.describe()
    finally:
        await ground.stop()


if __name__ == "__main__":
    typer.run(bench)
