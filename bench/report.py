"""Where a run is kept: `results/latest.json`, with the day and the machine, and the page, which has a table for people.

That stands in docs/performance.md between its marks.
"""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.table import markdown

LATEST = Path("bench") / "results" / "latest.json"
QUICK = Path(".dzwonek") / "bench.json"
"""Where few items were thought enough: nothing to be compared with."""

PAGE = Path("docs") / "performance.md"
BEGIN, END = "<!-- The last full run: written by make bench -->\n", "<!-- The end of the last full run -->\n"


def write_latest(figures: Sequence[Figure], path: Path = LATEST) -> None:
    """Writes the figures. Those of rows that were not measured this time stay as they are."""
    rows = {figure.row for figure in figures}
    kept = [record for record in _records(path) if record["row"] not in rows]
    measured_on = machine()
    measured = [{**figure.record(), "machine": measured_on} for figure in figures]
    records = sorted([*kept, *measured], key=lambda record: record["row"])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(records, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)


def write_page(figures: Sequence[Figure], *, command: str, parts: str, path: Path = PAGE) -> None:
    """Puts the table between the marks, with the machine and the command. Raises ValueError when a mark is missing."""
    text = path.read_text(encoding="utf-8")
    path.write_text(between_marks(text, f"{machine()}, {parts}, `{command}`:\n\n{markdown(figures)}"), encoding="utf-8")


def between_marks(text: str, words: str, *, begin: str = BEGIN, end: str = END) -> str:
    """The page with these words between its marks. Raises ValueError when a mark is missing or stands twice."""
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"the page needs these two lines once, in this order: {begin.strip()} {end.strip()}")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{words}\n{end}{after}"


def machine() -> str:
    """What it was measured on, in words."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores, gigabytes = os.cpu_count() or 1, round(memory / 2**20)
    hardware = f"{cores} cores ({model or platform.machine()}), {gigabytes} GB"
    return f"{datetime.now(UTC):%Y-%m-%d}{_commit()}, {hardware}, Python {platform.python_version()}"


def _commit() -> str:
    """What was measured, where that is a checkout."""
    git = shutil.which("git")
    said = git and subprocess.run([git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return f", commit {said.stdout.strip()}" if said and said.returncode == 0 else ""


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return records


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
