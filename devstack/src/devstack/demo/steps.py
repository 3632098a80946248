"""The steps of the story: each says what was seen and how long it took, or that it did not hold."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

LANGUAGES = {"pl": "in Polish", "uk": "in Ukrainian"}


class StoryError(Exception):
    """A step did not hold; the message says what was seen instead."""


@dataclass(frozen=True)
class Step:
    """One step that held: what happened, what was seen, and the seconds that it took.

    `language` is that of the person whose step it is; None at the office.
    """

    language: str | None
    name: str
    seen: str
    seconds: float


@dataclass(frozen=True)
class Teller:
    """Tells the steps in one language, or those of the office, as they come."""

    language: str | None
    on_step: Callable[[Step], None]

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[Callable[[str], None]]:
        """Tells what was seen within it, unless it raises."""
        seen: list[str] = []
        started = time.perf_counter()
        yield seen.append
        self.on_step(Step(self.language, name, " ".join(seen), time.perf_counter() - started))


def check(holds: bool, otherwise: str) -> None:
    """Raises StoryError, which says what is the case otherwise."""
    if not holds:
        raise StoryError(otherwise)
