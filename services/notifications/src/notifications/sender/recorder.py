"""Records what became of the mails, in batches. Nothing more is sent while something cannot be recorded."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from notifications.domain.destinations import Destination
from notifications.sender.metrics import (
    MAILS_KEPT,
    MAILS_SETTLED,
    SECONDS_TO_ACCEPTED,
    SMTP_ANSWERS,
    UNRECORDED,
)
from notifications.sender.outcome import Outcome
from shared.runtime.postgres import transient

log = structlog.get_logger()

BATCH = 500
ENOUGH = 200
GATHER_SECONDS = 0.03
"""A batch is written when `ENOUGH` have come together, or so long after its first."""

_SHORTEST_WAIT = 0.1
_LONGEST_WAIT = 2.0


class Records(Protocol):
    """Where outcomes are written."""

    async def record(self, outcomes: Sequence[Outcome]) -> Mapping[str, Destination]:
        """Writes them, all or none, and once. Returns the domains that are paused by it."""

    async def wake_schools(self, outcomes: Sequence[Outcome]) -> None:
        """Lets mails given back be claimed in time."""


class Recorder:
    """Keeps every outcome until it is written: an unrecorded acceptance would be a second mail.

    What it keeps is bounded by what is claimed, because nothing is claimed while it is `blocked`.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._pending: deque[Outcome] = deque()
        self._arrived = asyncio.Event()
        self._enough = asyncio.Event()
        self._finishing = False
        self._blocked: str | None = None
        UNRECORDED.set_function(lambda: len(self._pending))

    @property
    def blocked(self) -> str | None:
        """Why outcomes cannot be written, or None when they can."""
        return self._blocked

    def add(self, outcome: Outcome) -> None:
        """Takes an outcome, to be written within a moment."""
        self._pending.append(outcome)
        self._arrived.set()
        if len(self._pending) >= ENOUGH:
            self._enough.set()

    def finish(self) -> None:
        """Nothing more is added: `run` returns when all is written."""
        self._finishing = True
        self._arrived.set()
        self._enough.set()

    async def run(self) -> None:
        """Writes what comes, until `finish`."""
        wait = _SHORTEST_WAIT
        while await self._some():
            batch = [self._pending.popleft() for _ in range(min(len(self._pending), BATCH))]
            left = await self._write(batch)
            if not left:
                self._blocked, wait = None, _SHORTEST_WAIT
                continue
            self._pending.extendleft(reversed(left))
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _some(self) -> bool:
        """Waits for outcomes to come together. False when there will be none any more."""
        if not self._pending:
            self._arrived.clear()
            if not self._finishing:
                await self._arrived.wait()
        if len(self._pending) < ENOUGH and not self._finishing:
            self._enough.clear()
            try:
                async with asyncio.timeout(GATHER_SECONDS):
                    await self._enough.wait()
            except TimeoutError:
                pass
        return bool(self._pending) or not self._finishing

    async def _write(self, batch: Sequence[Outcome]) -> Sequence[Outcome]:
        """Writes a batch. Returns what could not be written; one that never can does not hold up the others."""
        if not batch:
            return ()
        try:
            paused = await self._records.record(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the outcome must not be lost
            self._blocked = type(error).__name__
            if transient(error) or len(batch) == 1:
                # Without the traceback, whose variables name recipients.
                log.error("outcomes_unrecorded", error=type(error).__name__, outcomes=len(batch))  # noqa: TRY400
                return batch
            half = len(batch) // 2
            return [*await self._write(batch[:half]), *await self._write(batch[half:])]
        for outcome in batch:
            _count(outcome)
        for domain, state in paused.items():
            log.error("domain_paused", domain=domain, seconds=state.pause_seconds, faults=state.faults)
        await self._wake(batch)
        return ()

    async def _wake(self, batch: Sequence[Outcome]) -> None:
        try:
            await self._records.wake_schools(batch)
        except Exception as error:  # noqa: BLE001 - not needed: the leases end by themselves
            log.warning("schools_not_woken", error=type(error).__name__)


def _count(outcome: Outcome) -> None:
    mail, attempt = outcome.mail, outcome.attempt
    if outcome.state is not None:
        MAILS_SETTLED.labels(mail.lane, outcome.state).inc()
    elif outcome.tried:
        MAILS_KEPT.labels(mail.lane, outcome.reason).inc()
    if attempt is None:
        return
    SMTP_ANSWERS.labels(mail.lane, attempt.answer.kind.value).inc()
    if outcome.state == "accepted":
        # A mail held back on purpose (a reminder) counts from when it was due.
        since = max(mail.event_time, mail.due_at) if mail.attempts == 1 else mail.event_time
        SECONDS_TO_ACCEPTED.labels(mail.lane).observe(max((attempt.answered_at - since).total_seconds(), 0))
