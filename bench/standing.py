"""A database of notifications that holds much: mails that are due, and mails that were sent in the last month."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from bench.effort import Effort
from bench.events import know
from bench.ground import DAY_TABLES, Ground
from bench.mails import NOTICES, SQL, invented, queue
from bench.waiting import connected
from notifications.domain.answers import Answer, AnswerClass
from notifications.domain.effects import Cause, Notice
from notifications.domain.kinds import NEW_SIGN_IN, NOTICE_LIFETIME
from notifications.domain.mail import ClaimedMail
from notifications.sender.outcome import Attempt, answered
from notifications.sender.store import ClaimLimits, QueueStore
from notifications.settings.sender import SenderSettings
from notifications.store import queue_mails
from shared.runtime.day_partitions import keep_days
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection, create_pool, with_fresh_plans
from shared.runtime.sealing import Sealer, Unsealer

LANE = "bulk"
DAYS_KEPT = 30
AT_ONCE = 100
"""So many mails are claimed, recorded or looked for in one go."""

TIMES = 20
"""So many goes make one run; their median counts."""

LEAST = 2 * TIMES * AT_ONCE
"""With fewer mails due a run would find the queue empty."""

_FILLED_AT_ONCE = 200_000
_ACCEPTED = Answer(AnswerClass.ACCEPTED, 250, "2.0.0", "queued")


@dataclass(frozen=True)
class Standing:
    """The database and what the sender and the worker do with it, by their own code."""

    connection: Connection
    store: QueueStore
    sealer: Sealer
    known: Sequence[Notice]

    async def claims_and_records(self) -> tuple[Effort, Effort]:
        """Claims mails and records that they were accepted; as many are queued afterwards."""
        claiming, recording = [], []
        for _ in range(TIMES):
            began = time.perf_counter()
            mails = _enough((await self.store.claim(LANE, AT_ONCE)).mails)
            claiming.append((time.perf_counter() - began) / len(mails))
            outcomes = [answered(mail, Attempt(_now(), _now(), _ACCEPTED)) for mail in mails]
            began = time.perf_counter()
            await self.store.record(outcomes)
            recording.append((time.perf_counter() - began) / len(mails))
        await queue(self.connection, invented(TIMES * AT_ONCE, NOTICES), self.sealer, lane=LANE)
        return _effort(claiming), _effort(recording)

    async def repeats(self) -> Effort:
        """Brings notices that are known already."""
        seconds = []
        for _ in range(TIMES):
            began = time.perf_counter()
            async with self.connection.transaction():
                made = await queue_mails(self.connection, ((notice, None) for notice in self.known), _now())
            seconds.append((time.perf_counter() - began) / len(self.known))
            assert not made, "what was noticed is not noticed again"  # noqa: S101
        return _effort(seconds)


@asynccontextmanager
async def standing(ground: Ground, *, due: int, sent: int) -> AsyncIterator[Standing]:
    """A database with so many mails due and so many sent ones kept."""
    database = await ground.database("notifications")
    sealer, unsealer = Sealer(ground.keys.sealing_public), Unsealer(ground.keys.sealing_private)
    limits = ClaimLimits(_default("schools_per_claim"), _default("domain_cap"), _default("lease_seconds"))
    async with (
        connected(database) as connection,
        await create_pool(with_fresh_plans(database), size=1) as pool,
    ):
        await _fill(connection, sent)
        await queue(connection, invented(due, NOTICES), sealer, lane=LANE)
        known = await _noticed(connection)
        await connection.execute("VACUUM ANALYZE", timeout=3600)
        await connection.execute(SQL["open_turns"], LANE)
        yield Standing(connection, QueueStore(pool, limits, unsealer, relay="relay"), sealer, known)


async def _fill(connection: Connection, sent: int) -> None:
    """Mails that were accepted, spread over the days."""
    for ago in range(1, DAYS_KEPT + 1):
        for table in DAY_TABLES["notifications"]:
            await keep_days(connection, table, days_ahead=0, now=_now() - timedelta(days=ago))
    for first in range(0, sent, _FILLED_AT_ONCE):
        count = min(_FILLED_AT_ONCE, sent - first)
        await connection.execute(SQL["fill_sent"], first, count, DAYS_KEPT, timeout=3600)


async def _noticed(connection: Connection) -> Sequence[Notice]:
    """Notices that have become mails already."""
    accounts = [new_id() for _ in range(AT_ONCE)]
    await know(connection, accounts)
    notices = list(_notices(accounts))
    async with connection.transaction():
        await queue_mails(connection, ((notice, None) for notice in notices), _now())
    return notices


def _notices(accounts: Sequence[UUID]) -> Iterator[Notice]:
    for account in accounts:
        cause = Cause(new_id(), "bench", _now(), account, 2)
        yield Notice(NEW_SIGN_IN, cause, _now(), _now() + NOTICE_LIFETIME)


def _enough(mails: Sequence[ClaimedMail]) -> Sequence[ClaimedMail]:
    if len(mails) < AT_ONCE // 2:
        raise RuntimeError("the queue is nearly empty: what is measured would be something else")
    return mails


def _effort(seconds: Sequence[float]) -> Effort:
    return Effort(1, median(seconds), 0.0)


def _default(name: str) -> int:
    """A setting of the sender as it is by itself."""
    return int(SenderSettings.model_fields[name].default)


def _now() -> datetime:
    return datetime.now(UTC)
