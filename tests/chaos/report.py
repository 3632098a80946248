"""The table of a run, and the file that keeps it."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.table import Table

from bench.report import between_marks, machine
from devstack.kafka_jars import kafka_version
from devstack.postgres_program import find_postgres
from tests.chaos.verdict import Verdict

LATEST = Path(".dzwonek") / "chaos.json"
PAGE = Path("docs") / "reliability.md"
BEGIN = "<!-- The last full run: written by make chaos -->\n"
STORM_BEGINS = "<!-- The longest storm: written by make chaos KILLS=1000 -->\n"
STORM_ENDS = "<!-- The end of the longest storm -->\n"
FAULTS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 18, 19, 20}
"""Those that a full run shows."""

COLUMNS = ("fault", "what", "accepted", "mailed", "repeats", "allowed", "records again", "refused", "lost", "seconds")


@dataclass(frozen=True)
class Line:
    """What one trial showed."""

    number: int
    what: str
    accepted: int
    mailed: int
    repeats: int
    repeats_allowed: int
    repeated_records: int
    refused: int
    lost: int
    seconds: float
    """From when all parts were back until everything accepted had its effect."""
    hits: Mapping[str, int] = field(default_factory=dict)
    """Of a storm: how often each process was killed, and at each crash point."""

    @classmethod
    def of(
        cls, number: int, what: str, verdict: Verdict, seconds: float, hits: Mapping[str, int] | None = None
    ) -> "Line":
        """The line of a trial."""
        return cls(
            number,
            what,
            verdict.accepted,
            verdict.mailed,
            verdict.repeats,
            verdict.repeats_allowed,
            verdict.repeated_records,
            verdict.refused.total(),
            verdict.lost,
            round(seconds, 1),
            dict(hits or {}),
        )

    def as_json(self) -> str:
        """For the way from the test to the report."""
        return json.dumps(asdict(self))


def table(lines: Sequence[Line]) -> Table:
    """The lines for a terminal, in the order of the faults."""
    shown = Table(title="Faults, and what became of what was accepted")
    for column in COLUMNS:
        shown.add_column(column, justify="left" if column == "what" else "right", overflow="fold")
    for line in _in_order(lines):
        shown.add_row(*_cells(line))
    return shown


def markdown(lines: Sequence[Line]) -> str:
    """The same as a table of Markdown, and below it where each storm struck."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *map(_cells, _in_order(lines))]
    shown = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    for line in lines:
        if line.hits:
            struck = ", ".join(f"{name} {times}" for name, times in sorted(line.hits.items()))
            shown += f"\nThe {line.what}: {struck}.\n"
    return shown


def _in_order(lines: Sequence[Line]) -> Sequence[Line]:
    return sorted(lines, key=lambda line: line.number)


def _cells(line: Line) -> tuple[str, ...]:
    counts = (line.accepted, line.mailed, line.repeats, line.repeats_allowed, line.repeated_records)
    return (
        str(line.number),
        line.what,
        *map(str, (*counts, line.refused, line.lost)),
        f"{line.seconds:.1f}",
    )


def hits_table(line: Line) -> Table:
    """Where a storm struck."""
    shown = Table("killed", "times", title=line.what)
    for name, times in sorted(line.hits.items()):
        shown.add_row(name, str(times))
    return shown


def write(lines: Sequence[Line], path: Path = LATEST) -> None:
    """Keeps the lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n", encoding="utf-8")
    new.replace(path)


def write_page(lines: Sequence[Line], path: Path = PAGE) -> None:
    """Puts the table of a full run into the page. Raises ValueError when the page lacks the marks."""
    words = f"{_where()}, `make chaos`:\n\n{markdown(lines)}"
    path.write_text(between_marks(path.read_text(encoding="utf-8"), words, begin=BEGIN), encoding="utf-8")


def write_storm(line: Line, command: str, path: Path = PAGE) -> None:
    """Puts a long storm into the page, with where it struck. Raises ValueError when the page lacks the marks."""
    words = f"{_where()}, `{command}`:\n\n{markdown([line])}"
    text = between_marks(path.read_text(encoding="utf-8"), words, begin=STORM_BEGINS, end=STORM_ENDS)
    path.write_text(text, encoding="utf-8")


def _where() -> str:
    return f"{machine()}, PostgreSQL {find_postgres().version}, Apache Kafka {kafka_version()}"
