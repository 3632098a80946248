"""The storm: kills of anything at any moment, by chances that a seed gives again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator

from tests.chaos.crash_points import POINTS
from tests.chaos.faults import PROCESSES, SERVERS
from tests.chaos.trial import Trials
from tests.chaos.verdict import Verdict

CALM_SECONDS = 1.5
"""The longest pause between two kills."""

DEEPEST = 4
"""A process comes to its crash point so often at most before it kills itself there."""

IN_A_ROW = 20
"""So many kills come before the ledger is asked."""


class Storm:
    """Kills parts of a system under load; `hits` has the kills by process and point. Each had work in its hands."""

    def __init__(self, trials: Trials, seed: int) -> None:
        self._trials = trials
        self._dice = random.Random(seed)  # noqa: S311 - chances that are to come again
        self.hits: Counter[str] = Counter()
        self.settling: list[float] = []
        """Seconds from when all parts were back until everything accepted had had its effect."""

    async def rage(self, kills: int) -> AsyncIterator[Verdict]:
        """Kills so often. Yields what the ledger says every so many."""
        while (left := kills - self.hits.total()) > 0:
            enough = self.hits.total() + min(left, IN_A_ROW)
            async with self._trials.people():
                while self.hits.total() < enough:
                    await self._strike()
                back = time.monotonic()
            verdict = await self._trials.verdict()
            self.settling.append(time.monotonic() - back)
            yield verdict

    async def _strike(self) -> None:
        """One kill, at a moment that the dice choose, and the start of what was killed."""
        name = self._dice.choice([*PROCESSES, *SERVERS, *POINTS])
        calm, nth = self._dice.uniform(0, CALM_SECONDS), self._dice.randint(1, DEEPEST)
        await asyncio.sleep(calm)
        faults = self._trials.faults
        if name in POINTS:
            await faults.crash(POINTS[name], nth=nth)
        else:
            await faults.kill_at_work(name)
        self.hits[name] += 1
        await faults.start(POINTS[name].process if name in POINTS else name)
