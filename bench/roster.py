"""A roster import beside what is measured: rows in its lane of the outbox of accounts, whose worker relays them.

They are written here, in chunks as an import would, so that it goes on for as long as it has to.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.events import sign_ins
from bench.ground import Ground
from bench.mails import SQL
from bench.plan import NotMeasured
from shared.contracts.envelope import encode
from shared.contracts.topics import ROSTER_PERSON, Lane
from shared.runtime.events import new_id
from shared.runtime.postgres import Pool

CHUNK = 500
LOOK_SECONDS = 0.2
LEAST = 10
"""Such a part of the rows waits at the least."""


@dataclass(frozen=True)
class Import:
    """An import into the database of accounts, of which so many rows wait when it begins."""

    ground: Ground
    accounts: Pool
    rows: int

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """While it goes on: it writes more before nothing is left. Raises NotMeasured when nothing was relayed."""
        await self.accounts.execute(SQL["forget_events"])
        await self._write(self.rows)
        await self.accounts.execute(SQL["forget_archive"])
        await self.ground.checkpoint()
        over = asyncio.Event()
        writing = asyncio.ensure_future(self._keep_up(over))
        try:
            yield
            if not await self.accounts.fetchval(SQL["is_lane_archived"], Lane.ROSTER):
                raise NotMeasured("no row of the import was relayed beside it")
        finally:
            over.set()
            await writing

    async def _keep_up(self, over: asyncio.Event) -> None:
        while not over.is_set():
            if await self.accounts.fetchval(SQL["span_of_lane"], Lane.ROSTER) < self.rows // LEAST:
                await self._write(CHUNK)
            else:
                await asyncio.sleep(LOOK_SECONDS)

    async def _write(self, rows: int) -> None:
        attributes = json.dumps(encode(next(sign_ins([new_id()]))).attributes)
        await self.accounts.execute(SQL["fill_lane"], Lane.ROSTER, ROSTER_PERSON.name, attributes, rows, timeout=600)
