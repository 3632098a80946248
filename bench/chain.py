"""The whole way: the commit with its event, the relay of accounts, Kafka, worker, sender, acceptance."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bench.events import know, registrations, sign_ins
from bench.ground import Ground
from bench.load import steady
from bench.mails import ACTIVATION, SQL
from bench.pipeline import SIGN_IN, Pipeline, pipeline
from bench.services import worker
from bench.waiting import connected, until
from shared.contracts.topics import Lane
from shared.runtime.events import new_id
from shared.runtime.outbox import OutboxColumns, outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer


@dataclass(frozen=True)
class Chain:
    """The worker of accounts before a pipeline. `accounts` is a connection to its database."""

    pipeline: Pipeline
    accounts: Connection

    async def sign_ins(self, count: int, rate: float) -> Sequence[float]:
        """Seconds from commit to acceptance of so many sign-ins from new devices, `rate` a second."""
        known = [new_id() for _ in range(count)]
        await know(self.pipeline.connection, known)
        return await self._seconds(outbox_columns(list(sign_ins(known))), rate, SIGN_IN)

    async def registrations(self, count: int, rate: float) -> Sequence[float]:
        """Seconds from commit to acceptance of the activation mails of so many registrations, `rate` a second."""
        sealer = Sealer(self.pipeline.ground.keys.sealing_public)
        return await self._seconds(outbox_columns(list(registrations(count, sealer))), rate, ACTIVATION)

    async def _seconds(self, rows: OutboxColumns, rate: float, kinds: Sequence[str]) -> Sequence[float]:
        count = len(rows.keys)

        async def write(first: int, end: int) -> None:
            await self.accounts.execute(SQL["insert_events"], *(column[first:end] for column in rows))

        accepted: dict[UUID, float] = {}

        async def all_accepted() -> bool:
            """Asked when the load is over: asking while it goes on would slow it down."""
            found = await self.pipeline.connection.fetch(SQL["accepted_at"], list(kinds))
            accepted.update((row["event_id"], row["answered_at"].timestamp()) for row in found)
            return len(written.keys() & accepted.keys()) >= count

        async def relayed() -> bool:
            return not await self.accounts.fetchval(SQL["left_in_outbox"], Lane.SECURITY)

        await self.accounts.execute(SQL["forget_archive"])
        await steady(count, rate, write)
        await until(relayed)
        written = {
            row["event_id"]: row["created_at"].timestamp() for row in await self.accounts.fetch(SQL["written_at"])
        }
        await until(all_accepted)
        return [accepted[event] - at for event, at in written.items()]


@asynccontextmanager
async def chain(ground: Ground) -> AsyncIterator[Chain]:
    """All that an event goes through, at work."""
    prefix, database = ground.prefix(), await ground.database("accounts")
    async with (
        worker(ground, "accounts", database, prefix=prefix),
        connected(database) as accounts,
        pipeline(ground, prefix=prefix) as behind,
    ):
        yield Chain(behind, accounts)
