"""What a part of a system has in its hands: things that it was given and has not finished, each by its own name."""

from collections.abc import AsyncIterator, Hashable, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asyncpg import Connection

from devstack.postgres_databases import superuser
from devstack.system import System
from tests.chaos.crash_points import CONSUMER, RELAY, SENDER
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load

UNSENT = "SELECT id FROM outbox"
HELD = "SELECT attempt_token FROM mail_queue WHERE attempt_token IS NOT NULL"
PUBLISHED = "SELECT (headers ->> 'ce_id')::uuid FROM outbox_archive WHERE published_at > now() - interval '1 minute'"
HEARD = "SELECT event_id FROM inbox WHERE handled_at > now() - interval '2 minutes'"
BUSY = "SELECT pid FROM pg_stat_activity WHERE usename IN ('accounts', 'notifications') AND state <> 'idle'"

Work = Set[Hashable]


@dataclass(frozen=True)
class Witness:
    """Knows the work of each part from those beside it. Connected beforehand: work is over before one has signed in."""

    load: Load
    ledger: Ledger
    accounts: Connection
    notifications: Connection

    async def work_of(self, name: str) -> Work:
        """The work in the hands of that part."""
        if name == RELAY:
            return await _asked(self.accounts, UNSENT)
        if name == CONSUMER:
            return await self._unheard()
        if name == SENDER:
            return await _asked(self.notifications, HELD) - self.ledger.held_by_killed_senders
        if name == "kafka":
            return await _asked(self.accounts, UNSENT) | await self._unheard()
        if name == "postgres":
            return await _asked(self.accounts, BUSY)
        return frozenset(self.load.waiting)

    async def _unheard(self) -> Work:
        """Events of accounts that are in Kafka and have not had their effect."""
        # What was heard is asked for first. After some ten thousand events the other question takes longer than a
        # worker does over one, which would never be seen at work. What it does meanwhile is gone when it stands still.
        heard = await _asked(self.notifications, HEARD)
        return await _asked(self.accounts, PUBLISHED) - heard


@asynccontextmanager
async def witness(system: System, load: Load, ledger: Ledger) -> AsyncIterator[Witness]:
    """Somebody to ask for as long as this lasts."""
    async with (
        superuser(system.postgres.url("accounts")) as accounts,
        superuser(system.postgres.url("notifications")) as notifications,
    ):
        yield Witness(load, ledger, accounts, notifications)


async def _asked(connection: Connection, question: str) -> Work:
    return frozenset(row[0] for row in await connection.fetch(question))
