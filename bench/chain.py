"""The whole way: the commit with its event, the relay of accounts, Kafka, worker, sender, acceptance."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bench.events import know, registrations, sign_ins
from bench.ground import Ground
from bench.load import at_once, steady
from bench.mails import ACTIVATION, SQL
from bench.pipeline import SIGN_IN, Pipeline, pipeline
from bench.poison import dead_letters, poisoned
from bench.services import worker
from bench.sink import Sink
from bench.waiting import until
from shared.contracts.topics import Lane
from shared.runtime.events import new_id
from shared.runtime.outbox import OutboxColumns, outbox_columns
from shared.runtime.postgres import Pool, create_pool
from shared.runtime.sealing import Sealer

CONNECTIONS = 8
"""So many commits at once at the most, as an API has them."""

LIKELY_SECONDS = 0.3
"""Nearly all mails are accepted so soon after the last event is written."""


@dataclass(frozen=True)
class Chain:
    """The worker of accounts before a pipeline. `accounts` leads to its database."""

    pipeline: Pipeline
    accounts: Pool

    async def capacity(self, count: int) -> float:
        """How many sign-ins a second it can do, by what it takes for so many at once, each with a commit of its own."""
        journeys = await self._journeys(await self._sign_ins(count), None, SIGN_IN, good=count)
        return count / (max(accepted for _, accepted in journeys) - min(written for written, _ in journeys))

    async def sign_ins(self, count: int, rate: float) -> Sequence[float]:
        """Seconds from commit to acceptance of so many sign-ins from new devices, `rate` a second."""
        rows = await self._sign_ins(count)
        return await self._seconds(rows, rate, SIGN_IN, good=count)

    async def poisoned_sign_ins(self, count: int, rate: float) -> Sequence[float]:
        """The same with poison among them; returns when that is among the dead letters as well."""
        before = await self._buried()
        rows, poison = poisoned(await self._sign_ins(count))
        seconds = await self._seconds(rows, rate, SIGN_IN, good=count)

        async def all_buried() -> bool:
            return await self._buried() >= before + poison

        await until(all_buried)
        return seconds

    async def registrations(self, count: int, rate: float) -> Sequence[float]:
        """Seconds from commit to acceptance of the activation mails of so many registrations, `rate` a second."""
        sealer = Sealer(self.pipeline.ground.keys.sealing_public)
        rows = outbox_columns(list(registrations(count, sealer)))
        return await self._seconds(rows, rate, ACTIVATION, good=count)

    async def _sign_ins(self, count: int) -> OutboxColumns:
        known = [new_id() for _ in range(count)]
        await know(self.pipeline.connection, known)
        return outbox_columns(list(sign_ins(known)))

    async def _buried(self) -> int:
        return await dead_letters("notifications", await self.pipeline.ground.kafka(), self.pipeline.prefix)

    async def _seconds(self, rows: OutboxColumns, rate: float, kinds: Sequence[str], *, good: int) -> Sequence[float]:
        return [accepted - written for written, accepted in await self._journeys(rows, rate, kinds, good=good)]

    async def _journeys(
        self, rows: OutboxColumns, rate: float | None, kinds: Sequence[str], *, good: int
    ) -> Sequence[tuple[float, float]]:
        """When each event was written and when its mail was accepted; `rate` a second, or all at once.

        Nothing is asked while mails are likely to be under way: that would be work beside them.
        """
        connection, accepted = self.pipeline.connection, dict[UUID, float]()

        async def write(number: int) -> None:
            await self.accounts.execute(SQL["insert_events"], *(column[number : number + 1] for column in rows))

        async def all_accepted() -> bool:
            found = await connection.fetch(SQL["accepted_at"], list(kinds))
            accepted.update((row["event_id"], row["answered_at"].timestamp()) for row in found)
            return len(written.keys() & accepted.keys()) >= good

        async def relayed() -> bool:
            return not await self.accounts.fetchval(SQL["left_in_outbox"], Lane.SECURITY)

        await self.accounts.execute(SQL["forget_archive"])
        count = len(rows.keys)
        await (steady(count, rate, write) if rate else at_once(count, write))
        await asyncio.sleep(LIKELY_SECONDS)
        await until(relayed)
        archived = await self.accounts.fetch(SQL["written_at"], Lane.SECURITY)
        written = {row["event_id"]: row["created_at"].timestamp() for row in archived}
        await until(all_accepted)
        return [(at, accepted[event]) for event, at in written.items() if event in accepted]


@asynccontextmanager
async def chain(ground: Ground, sink: Sink | None = None) -> AsyncIterator[Chain]:
    """All that an event goes through, at work."""
    prefix, database = ground.prefix(), await ground.database("accounts")
    async with (
        worker(ground, "accounts", database, prefix=prefix),
        await create_pool(database, size=CONNECTIONS) as accounts,
        pipeline(ground, prefix=prefix, sink=sink) as behind,
    ):
        yield Chain(behind, accounts)
