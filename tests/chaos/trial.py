"""A trial: one fault while people register, and what the ledger says when all is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.report import Line
from tests.chaos.verdict import Verdict
from tests.waiting import until

from devstack.system import System

BEFORE = 8
"""So many people are mailed before the fault comes."""

LOAD_SECONDS = 90.0


@dataclass
class Trials:
    """Faults for one system. `tell` takes the line of each trial for the table."""

    system: System
    load: Load
    ledger: Ledger
    tell: Callable[[Line], None]

    async def run(self, number: int, what: str, fault: Callable[[], Awaitable[None]], *, requests: int) -> Verdict:
        """Does the fault under load; it returns when what was away is back. Asserts that the promise held.

        Args:
            number: which fault of the reliability page it is.
            what: what is done, in words.
            fault: does it.
            requests: how many people register meanwhile.
        """
        mailed = await self.ledger.mailed()
        registering = asyncio.ensure_future(self.load.register(requests))
        await until(lambda: self._under_way(mailed + BEFORE), seconds=60)
        await fault()
        back = time.monotonic()
        await asyncio.wait_for(registering, LOAD_SECONDS)
        await self.ledger.settled()
        seconds = time.monotonic() - back
        verdict = await self.ledger.verdict()
        self.tell(Line.of(number, what, verdict, seconds))
        assert not verdict.faults, "\n".join(verdict.faults[:20])
        assert verdict.accepted == requests
        ended = [name for name, process in self.system.parts().items() if not process.running]
        assert not ended, "a process did not outlive another's end"
        return verdict

    async def _under_way(self, mailed: int) -> bool:
        """Whether the load has begun to have its effects, and work is in flight."""
        return await self.ledger.mailed() >= mailed and await self.ledger.in_flight() > 0
