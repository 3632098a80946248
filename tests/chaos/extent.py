"""How much of it: the quick form, which every run of the tests takes, or the full one of `make chaos`."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Extent:
    """What a run does."""

    full: bool
    away_seconds: float
    """How long a part is away."""
    kills: int
    """How many kills the storm has."""
    seed: int
    """What the storm's chances come from."""

    @property
    def storm(self) -> str:
        """The command of the same storm."""
        return f"make chaos KILLS={self.kills} SEED={self.seed}"

    def trials(self, things: Sequence[T]) -> Sequence[Sequence[T]]:
        """What is done in one trial: in the full form each thing alone, in the quick one all, one after the other."""
        return [[thing] for thing in things] if self.full else [things]


def extent() -> Extent:
    """By the variables that `make chaos` sets: `CHAOS=full`, `KILLS` and `SEED`."""
    full = os.environ.get("CHAOS") == "full"
    return Extent(
        full=full,
        away_seconds=60 if full else 4,
        kills=int(os.environ.get("KILLS") or (100 if full else 5)),
        seed=int(os.environ.get("SEED") or secrets.randbelow(1_000_000)),
    )


EXTENT = extent()

TIMEOUT = 0 if EXTENT.full else 300
"""Seconds for a test on a machine that is busy with others; a long run has none."""
