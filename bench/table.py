"""The table, for a terminal and for Markdown."""

from collections.abc import Sequence

from rich.table import Table

from bench.figures import Figure

COLUMNS = ("row", "what", "raw", "ours", "unit", "ratio", "lowest to highest", "goal", "CPU ms an item, raw", "ours")
MILLISECONDS = 1000


def table(figures: Sequence[Figure]) -> Table:
    """The figures for a terminal."""
    shown = Table(title="Medians. The ratio is ours to raw, of runs that took turns.")
    for column in COLUMNS:
        words = column in {"what", "unit"}
        shown.add_column(column, justify="left" if words else "right", overflow="fold" if words else "ellipsis")
    row = None
    for figure in figures:
        if row not in {None, figure.row}:
            shown.add_section()
        cells = list(_cells(figure))
        if figure.reached is not None:
            cells[5] = f"[{'green' if figure.reached else 'red'}]{cells[5]}[/]"
        shown.add_row(*cells)
        row = figure.row
    return shown


def markdown(figures: Sequence[Figure]) -> str:
    """The figures as a table of Markdown."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *map(_cells, figures)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    goal = "" if figure.goal is None else f"{figure.goal.words(figure.cores)} {'yes' if figure.reached else 'no'}"
    lowest, highest = figure.spread
    return (
        str(figure.row),
        figure.name,
        number(figure.raw),
        number(figure.ours),
        figure.unit,
        f"{figure.ratio:.2f}",
        f"{lowest:.2f} to {highest:.2f}",
        goal,
        _milliseconds(figure.raw_cpu),
        _milliseconds(figure.ours_cpu),
    )


def number(value: float) -> str:
    """A value with as many digits as mean something."""
    for least, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * MILLISECONDS:.2f}"
