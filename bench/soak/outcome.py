"""What a soak showed: what grew, what was left, and how it is told and kept."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from bench.report import machine
from bench.soak.samples import Samples
from bench.soak.trend import SURE, Trend

LATEST = Path("bench") / "results" / "soak.json"
MEGABYTES_ALLOWED, FILES_ALLOWED, CONNECTIONS_ALLOWED = 5.0, 5.0, 2.0
"""An hour: what may still be the filling of a cache, or the same handful of sockets at two moments."""


@dataclass(frozen=True)
class Watched:
    """Something that must not grow, and whether it did."""

    name: str
    unit: str
    trend: Trend
    allowed: float

    @property
    def held(self) -> bool:
        """Whether it did not surely grow by more than is allowed."""
        return not self.trend.grows(self.allowed)


@dataclass(frozen=True)
class Outcome:
    """What a soak of so many minutes showed."""

    minutes: float
    rate: float
    mails: int
    faults: int
    drained: bool
    old_days_gone: bool
    watched: tuple[Watched, ...]

    @property
    def held(self) -> bool:
        """Whether nothing was left, lost or growing."""
        return self.drained and self.old_days_gone and not self.faults and all(each.held for each in self.watched)

    def table(self) -> Table:
        """Each of them: how much there was at the end, and what it grows in an hour."""
        shown = Table("what", "at the end", "an hour", f"± {SURE:g} errors", "grows")
        for each in self.watched:
            trend = each.trend
            cells = f"{trend.last:,.1f} {each.unit}", f"{trend.an_hour:+,.1f}", f"{SURE * trend.error:,.1f}"
            shown.add_row(each.name, *cells, "no" if each.held else "[red]yes[/red]")
        return shown

    def sentences(self) -> Iterator[str]:
        """What the table does not tell."""
        yield f"{self.mails:,} mails in {self.minutes:g} minutes; answers that were none to give: {self.faults}."
        yield "Nothing was left to do after it." if self.drained else "[red]Work was left after it.[/red]"
        yield "Days that were too old are gone." if self.old_days_gone else "[red]Days that are too old stay.[/red]"

    def keep(self) -> None:
        """Writes it down beside the bench's figures."""
        record: Mapping[str, object] = {"machine": machine(), "held": self.held, **asdict(self)}
        LATEST.parent.mkdir(parents=True, exist_ok=True)
        LATEST.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def watched(samples: Samples) -> Iterator[Watched]:
    """What was sampled, beside what is allowed."""
    for name, trend in samples.memory_trends().items():
        yield Watched(f"memory of {name}", "MB", trend, MEGABYTES_ALLOWED)
    for name, trend in samples.file_trends().items():
        yield Watched(f"open files and sockets of {name}", "", trend, FILES_ALLOWED)
    yield Watched("connections to PostgreSQL", "", samples.connection_trend(), CONNECTIONS_ALLOWED)
