"""A trial: one fault while people register, and what the ledger says when all is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from devstack.system import System
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.report import Line
from tests.chaos.verdict import Verdict
from tests.waiting import until

SOME = 8
"""So many people are mailed before the fault comes, and so many are accepted after it is over."""

LOAD_SECONDS = 60.0


@dataclass
class Trials:
    """Faults for one system. `tell` takes the line of each trial for the table."""

    system: System
    load: Load
    ledger: Ledger
    faults: Faults
    tell: Callable[[Line], None]

    async def run(self, number: int, what: str, fault: Callable[[], Awaitable[None]]) -> Verdict:
        """Does the fault under load. Asserts that the promise held, and that every process outlived it.

        Args:
            number: which fault of the reliability page it is.
            what: what is done, in words.
            fault: does it, and returns when what was away is back.
        """
        async with self.people():
            await fault()
            back = time.monotonic()
        verdict = await self.verdict()
        self.tell(Line.of(number, what, verdict, time.monotonic() - back))
        assert not verdict.faults, "\n".join(verdict.faults[:20])
        return verdict

    @asynccontextmanager
    async def people(self) -> AsyncIterator[None]:
        """People register, before, while and after what is done inside."""
        mailed = await self.ledger.mailed()
        enough = asyncio.Event()
        registering = asyncio.ensure_future(self.load.register_until(enough))
        try:
            await until(lambda: self._under_way(mailed + SOME), seconds=LOAD_SECONDS)
            yield
            await self.accepted_some()
        finally:
            enough.set()
            await asyncio.wait_for(registering, LOAD_SECONDS)

    async def accepted_some(self, people: int = SOME) -> None:
        """Returns when so many more people have been accepted."""
        enough = len(self.load.accepted) + people
        await until(lambda: self._accepted(enough), seconds=LOAD_SECONDS)

    async def verdict(self) -> Verdict:
        """What the ledger says once nothing is under way any more."""
        await self.ledger.settled()
        ended = [name for name, process in self.system.parts().items() if not process.running]
        assert not ended, f"did not outlive another's end: {ended}"
        return await self.ledger.verdict()

    async def _under_way(self, mailed: int) -> bool:
        """Whether the load has begun to have its effects, and work is in flight."""
        return await self.ledger.mailed() >= mailed and await self.ledger.in_flight() > 0

    async def _accepted(self, enough: int) -> bool:
        return len(self.load.accepted) >= enough
