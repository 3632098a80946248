"""A lane of the sender: its own claims, its own connections, so that no backlog of another lane delays it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from notifications.domain.mail import ClaimedMail
from notifications.sender.connections import Connections
from notifications.sender.courier import Courier
from notifications.sender.held import Held
from notifications.sender.outcome import Outcome, given_back, put_off, unfit
from notifications.sender.pace import Pace
from notifications.sender.recorder import Recorder
from notifications.sender.store import NOTHING, Claim
from shared.runtime.looking import Looks
from shared.runtime.postgres import transient
from shared.runtime.waiting import pause

log = structlog.get_logger()

GRACE_SECONDS = 12.0
"""How long mails under way may take to be answered once the sender stops."""

STALL_SECONDS = 120.0
"""A lane that has not come round for so long hangs: longer than any statement or connection may take."""

_HELD_UP_SECONDS = 0.5
_HELD_PER_COURIER = 4
_MOST_HELD = 4
"""In claims: mails to domains that are slow to answer are held beside those that can go."""
_STRIDE = 4


class Lane:
    """Claims the mails of one lane and has so many couriers deliver them."""

    def __init__(
        self,
        name: str,
        *,
        couriers: int,
        claim: Callable[[str, int, Sequence[str]], Awaitable[Claim]],
        claim_size: int,
        courier: Courier,
        connections: Connections,
        recorder: Recorder,
    ) -> None:
        self.name = name
        self._couriers = couriers
        self._claim = claim
        self._claim_size = claim_size
        self._courier = courier
        self._connections = connections
        self._recorder = recorder
        self._held = Held(couriers)
        self._pace = Pace(least=couriers * _HELD_PER_COURIER, most=claim_size)
        self._room = asyncio.Event()
        self._waiting_for_others = 0
        self._looked_over = 0
        self._came_round = time.monotonic()

    def stalled(self) -> str | None:
        """A check for liveness: whether the lane has stopped looking for mails without being told to."""
        age = time.monotonic() - self._came_round
        return f"has not looked for mails for {age:.0f} s" if age > STALL_SECONDS else None

    @property
    def knows_relay(self) -> bool:
        """Whether the lane knows if the relay is there."""
        return self._connections.knows

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop`; then ends what is under way and gives the rest back.

        A mail that is not answered within the grace is left to its lease: whether it was accepted nobody knows.
        """
        async with asyncio.TaskGroup() as group:
            couriers = [group.create_task(self._carry()) for _ in range(self._couriers)]
            tending = group.create_task(self._connections.tend())
            await self._claim_until(stop)
            self._give_back_the_rest()
            _, late = await asyncio.wait(couriers, timeout=GRACE_SECONDS)
            for task in (tending, *late):
                task.cancel()
        await self._connections.close()

    async def _carry(self) -> None:
        """Delivers one mail after the other."""
        while (mail := await self._held.take()) is not None:
            outcome = await self._handled(mail)
            if outcome is not None:
                self._recorder.add(outcome)
            self._held.done(mail, answered=outcome.domain_answered if outcome else None)
            self._pace.step()
            if self._has_room(len(self._held) - self._waiting_for_others, self._pace.wanted):
                self._room.set()

    async def _handled(self, mail: ClaimedMail) -> Outcome | None:
        """What became of a mail. One that trips over a fault of ours is kept; it must not stop the others."""
        try:
            return await self._courier.handle(mail)
        except Exception as error:  # noqa: BLE001 - see above
            # Without the traceback, whose variables name the recipient.
            log.error("courier_failed", mail_id=str(mail.mail_id), kind=mail.kind, error=type(error).__name__)  # noqa: TRY400
            return unfit(mail, "internal", datetime.now(UTC))

    async def _claim_until(self, stop: asyncio.Event) -> None:
        looks = Looks(self.name)
        while not stop.is_set():
            self._came_round = time.monotonic()
            if self._recorder.blocked:
                await _first_of(stop.wait(), seconds=_HELD_UP_SECONDS)
                continue
            if self._connections.away:
                await _first_of(stop.wait(), self._connections.relay_back(), seconds=_HELD_UP_SECONDS)
                continue
            self._put_off(self._held.withdraw())
            wanted = self._pace.wanted
            ready = self._held.ready
            self._waiting_for_others = len(self._held) - ready
            if not self._has_room(ready, wanted):
                self._room.clear()
                await _first_of(stop.wait(), self._room.wait(), seconds=_HELD_UP_SECONDS)
                continue
            size = min(max(wanted - ready, self._looked_over), self._claim_size)
            claim = await self._claimed(size)
            # Past mails that are not for now it goes in long strides: those behind them are in nobody's way.
            self._looked_over = size * _STRIDE if claim.put_off > len(claim.mails) else 0
            self._held.put(claim.mails)
            if claim.mails or claim.put_off:
                looks.found()
            if not (claim.is_full and len(claim.mails) >= claim.put_off):
                await pause(stop, looks.pause())

    def _has_room(self, ready: int, wanted: int) -> bool:
        """Whether to claim more: what waits for others counts only where there is too much of it."""
        return ready * 2 <= wanted and len(self._held) < self._claim_size * _MOST_HELD

    async def _claimed(self, size: int) -> Claim:
        """A claim; none while the database is away."""
        try:
            return await self._claim(self.name, size, self._held.sated())
        except Exception as error:
            if not transient(error):
                raise
            log.warning("claim_failed", lane=self.name, error=type(error).__name__)
            return NOTHING

    def _put_off(self, mails: Sequence[ClaimedMail]) -> None:
        """These mails go back to the queue for a moment, so that there is room for those to other domains."""
        now = datetime.now(UTC)
        for mail in mails:
            self._recorder.add(put_off(mail, now))

    def _give_back_the_rest(self) -> None:
        """Mails that nobody has begun go back to the queue, and the couriers end."""
        now = datetime.now(UTC)
        for mail in self._held.close():
            self._recorder.add(given_back(mail, now))


async def _first_of(*waits: Coroutine[Any, Any, object], seconds: float) -> None:
    """Returns when one of them has returned, or after so many seconds."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
