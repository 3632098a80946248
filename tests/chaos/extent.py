"""How much of it: the quick form, which every run of the tests takes, or the full one of `make chaos`."""

import os
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Extent:
    """What a run does."""

    full: bool
    requests: int
    """So many people register while a fault is on."""
    rounds: int
    """How often each process is killed."""
    away_seconds: float
    """How long a part is away."""
    kills: int
    """How many kills the storm has."""
    seed: int
    """What the storm's chances come from."""


def extent() -> Extent:
    """By the variables that `make chaos` sets: `CHAOS=full`, `KILLS` and `SEED`."""
    full = os.environ.get("CHAOS") == "full"
    return Extent(
        full=full,
        requests=400 if full else 60,
        rounds=5 if full else 1,
        away_seconds=60 if full else 6,
        kills=int(os.environ.get("KILLS") or (100 if full else 12)),
        seed=int(os.environ.get("SEED") or secrets.randbelow(1_000_000)),
    )


EXTENT = extent()
