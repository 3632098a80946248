"""The load of a soak: sign-ins and registrations as events, and people at the pages."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from bench.events import know, registrations, sign_ins
from bench.mails import SQL
from bench.soak.lag import lag
from bench.waiting import connected, until
from devstack.system import System
from shared.runtime.events import new_id
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer

TICK = 0.25
BURST = 5_000
REGISTERED = 0.1
"""The part of the events that are registrations, whose mails are three times as large."""

PAGES = ("/", "/sign-in", "/register", "/password/forgotten", "/sign-in?lang=uk")


@dataclass
class Work:
    """What is done to a system. `mails` were caused so far."""

    system: System
    accounts: Connection
    notifications: Connection
    sealer: Sealer
    mails: int = 0
    faults: int = 0
    _visits: Iterator[str] = field(default_factory=lambda: itertools.cycle(PAGES))

    async def burst(self) -> float:
        """How many mails a second the system can do, by what it takes for many at once."""
        began = time.perf_counter()
        await self.events(BURST)
        await self.done(seconds=300)
        return BURST / (time.perf_counter() - began)

    async def events(self, count: int) -> None:
        """So many events, each of which becomes a mail at once."""
        new = int(count * REGISTERED)
        known = [new_id() for _ in range(count - new)]
        await know(self.notifications, known)
        for events in (sign_ins(known), registrations(new, self.sealer, first=self.mails)):
            await self.accounts.execute(SQL["insert_events"], *outbox_columns(list(events)))
        self.mails += count

    async def steadily(self, rate: float, seconds: float) -> None:
        """So many mails a second for so long, with people at the pages beside."""
        began, done = time.perf_counter(), 0
        async with httpx.AsyncClient(base_url=self.system.public_url, trust_env=False, timeout=30) as client:
            while (elapsed := time.perf_counter() - began) < seconds:
                await self.events(due := int(elapsed * rate) - done)
                done += due
                await asyncio.gather(*(self._visit(client) for _ in range(2)), self._register(client))
                await asyncio.sleep(TICK)

    async def done(self, *, seconds: float) -> None:
        """Returns when every mail that was caused is recorded as accepted and told of, nothing else is due, and no
        consumer has anything before it.

        Raises TimeoutError.
        """

        async def all_done() -> bool:
            accepted = await self.notifications.fetchval("SELECT count(*) FROM mails WHERE state = 'accepted'")
            if int(accepted) < self.mails or await self.notifications.fetchval(SQL["left_to_send"]):
                return False
            left = [await service.fetchval(SQL["left_of_events"]) for service in (self.accounts, self.notifications)]
            return not any(left) and not await lag(self.system.kafka.bootstrap)

        await until(all_done, seconds=seconds)

    async def _visit(self, client: httpx.AsyncClient) -> None:
        answer = await client.get(next(self._visits), headers={"Accept": "text/html"})
        self.faults += not answer.is_success

    async def _register(self, client: httpx.AsyncClient) -> None:
        """One registration by the API, with all that it takes there; its mail is one more."""
        body = {"email": f"{new_id()}@poczta.example", "password": "zielony wagon 7", "age_bracket": "adult"}
        answer = await client.post("/api/v1/registrations", json={**body, "language": "pl"})
        accepted = answer.status_code == httpx.codes.ACCEPTED
        self.mails += accepted
        self.faults += not accepted


@asynccontextmanager
async def work(system: System) -> AsyncIterator[Work]:
    """Work with connections of its own."""
    async with (
        connected(system.databases["accounts"]) as accounts,
        connected(system.databases["notifications"]) as other,
    ):
        yield Work(system, accounts, other, Sealer(system.folder / "keys" / "accounts-api" / "sealing-public.json"))
