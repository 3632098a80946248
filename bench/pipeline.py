"""A worker and a sender at work, and what they take from the events in Kafka to the relay's acceptance."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from asyncpg import DeadlockDetectedError

from bench import spool
from bench.effort import Effort, Watch
from bench.events import know, publish, registrations, sign_ins
from bench.ground import Ground
from bench.mails import ACTIVATION, SQL, invented, ready_made
from bench.memory import Memory
from bench.services import sender, worker
from bench.sink import Sink
from bench.waiting import LONGEST_SECONDS, connected, until
from devstack.process import Process
from shared.contracts.accounts import AccountEvent
from shared.contracts.envelope import Event
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer

CONNECTIONS = 4
"""Of the security lane, in which all these mails go, by the sender's own settings."""

SIGN_IN = ("new_sign_in",)
_WARM_UP = 200
_SLOWEST = 0.01
"""Seconds a mail: who is slower than that does not get on at all."""


@dataclass(frozen=True)
class Pipeline:
    """One worker and one sender on one database."""

    ground: Ground
    worker: Process
    sender: Process
    connection: Connection
    prefix: str
    memory: Memory

    async def sign_ins(self, count: int) -> Effort:
        """Somebody signs in from a new device to so many accounts whose owners are known."""
        await self.forget()
        accounts = [new_id() for _ in range(count)]
        await know(self.connection, accounts)
        return await self._mailed(list(sign_ins(accounts)), SIGN_IN)

    async def registrations(self, count: int) -> Effort:
        """So many people register."""
        await self.forget()
        sealer = Sealer(self.ground.keys.sealing_public)
        return await self._mailed(list(registrations(count, sealer)), ACTIVATION)

    async def raw(self, count: int, kinds: Sequence[str]) -> Effort:
        """What aiosmtplib takes for as many mails of these kinds, ready-made."""
        path, sink = self.ground.folder / "mails.jsonl", await self.ground.sink()
        spool.write(path, ready_made(list(invented(count, kinds)), self.ground.keys))
        return await self.ground.side("bench.raw.smtp", str(path), str(sink.port), str(CONNECTIONS))

    async def forget(self) -> None:
        """Empties the tables that grow, again where a sender at work got in the way."""
        while True:
            with suppress(DeadlockDetectedError):
                await self.connection.execute(SQL["forget_mails"])
                await self.connection.execute(SQL["forget_contacts"])
                return

    async def _mailed(self, events: Sequence[Event[AccountEvent]], kinds: Sequence[str]) -> Effort:
        """Lets the worker see the events only when all of them are in Kafka; then the time begins."""
        await self.connection.execute("ANALYZE")
        self.worker.pause()
        await publish(events, await self.ground.kafka(), self.prefix)
        watch = Watch([self.worker, self.sender])
        self.worker.resume()

        async def all_accepted() -> bool:
            accepted = int(await self.connection.fetchval(SQL["accepted"], list(kinds)))
            self.memory.look(accepted)
            return accepted >= len(events)

        await until(all_accepted, seconds=LONGEST_SECONDS + len(events) * _SLOWEST)
        return watch.stop(len(events))


@asynccontextmanager
async def pipeline(ground: Ground, *, prefix: str, sink: Sink | None = None) -> AsyncIterator[Pipeline]:
    """A worker and a sender that have sent their first mails already."""
    database = await ground.database("notifications")
    async with (
        worker(ground, "notifications", database, prefix=prefix) as working,
        sender(ground, database, sink=sink) as sending,
        connected(database) as connection,
    ):
        memory = Memory({"worker": working, "sender": sending})
        made = Pipeline(ground, working, sending, connection, prefix, memory)
        await made.sign_ins(_WARM_UP)
        yield made
