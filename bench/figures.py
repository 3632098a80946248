"""The lines of the table: what the runs of both sides say together, and what is to be reached."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.effort import Effort

CORES_FOR_ALL = 4
"""With fewer cores than processes, PostgreSQL, Kafka, the sink and ours share them."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The ratio to reach, and the one where the processes have to share two cores."""

    bound: float
    at_most: bool = False
    shared: float | None = None

    def on(self, cores: int) -> float:
        """The ratio to reach on so many cores."""
        return self.shared if self.shared is not None and cores < CORES_FOR_ALL else self.bound

    def reached(self, ratio: float, cores: int) -> bool:
        """Whether the ratio is good enough."""
        return ratio <= self.on(cores) if self.at_most else ratio >= self.on(cores)

    def words(self, cores: int) -> str:
        """Such as `>= 0.7`."""
        return f"{'<=' if self.at_most else '>='} {self.on(cores):g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. `ratio` is the median of the runs' own ratios of ours to raw, `spread` the lowest and the highest.

    The CPU seconds are those of one item; None where nothing of the kind was counted.
    """

    row: int
    name: str
    unit: str
    raw: float
    ours: float
    ratio: float
    spread: tuple[float, float]
    runs: int
    cores: int
    raw_cpu: float | None = None
    ours_cpu: float | None = None
    goal: Goal | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return self.goal.reached(self.ratio, self.cores) if self.goal else None

    def record(self) -> Mapping[str, object]:
        """For a file."""
        return {
            "row": self.row,
            "name": self.name,
            "unit": self.unit,
            "raw": self.raw,
            "ours": self.ours,
            "ratio": self.ratio,
            "spread": list(self.spread),
            "runs": self.runs,
            "cores": self.cores,
            "raw_cpu_seconds": self.raw_cpu,
            "ours_cpu_seconds": self.ours_cpu,
            "goal": self.goal and self.goal.words(self.cores),
            "reached": self.reached,
        }


def rates(row: int, name: str, unit: str, runs: Sequence[tuple[Effort, Effort]], *, goal: Goal | None = None) -> Figure:
    """How many a second, raw and ours, of runs that followed each other."""
    figure = values(row, name, unit, [(raw.rate, ours.rate) for raw, ours in runs], goal=goal)
    return replace(
        figure,
        raw_cpu=median(raw.cpu_per_item for raw, _ in runs),
        ours_cpu=median(ours.cpu_per_item for _, ours in runs),
    )


def values(row: int, name: str, unit: str, runs: Sequence[tuple[float, float]], *, goal: Goal | None = None) -> Figure:
    """Any two values of runs that followed each other, such as seconds."""
    ratios = [ours / raw for raw, ours in runs]
    return Figure(
        row=row,
        name=name,
        unit=unit,
        raw=median(raw for raw, _ in runs),
        ours=median(ours for _, ours in runs),
        ratio=median(ratios),
        spread=(min(ratios), max(ratios)),
        runs=len(runs),
        cores=os.cpu_count() or 1,
        goal=goal,
    )


def percentile(values_: Sequence[float], share: float) -> float:
    """The value that `share` of the values (0 to 1) do not exceed. Raises ValueError when there are none."""
    if not values_:
        raise ValueError("no values")
    ordered = sorted(values_)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
