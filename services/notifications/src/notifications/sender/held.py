"""The mails that a lane holds, and which of them goes next: no domain may take all of the lane's connections.

A domain that answers quickly may use all connections but one. One that this lane does not know yet, or that gave no
answer last, is sent one mail at a time, and such strangers together leave one connection to the domains that are known.
One that is slow may use half of them. What a mail in hand shows counts at once: mails behind one that waits for its
answer for longer than `PATIENCE`, or got none, go back to the queue, where they are in nobody's way.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from uuid import UUID

from notifications.domain.mail import ClaimedMail
from notifications.sender.turns import Turns

PATIENCE = 2.0
"""Seconds: a domain that takes longer to answer is slow, and one that gave no answer is let be for so long."""

_REMEMBERED = 10_000
_AT_ONCE = 0.2
"""Seconds, in which a domain that nobody knows is expected to answer."""

_ENOUGH = 2
"""So many mails for each connection may wait for a domain that is not quick."""


class _Manner(Enum):
    """How a domain answered last."""

    QUICK = auto()
    SLOW = auto()


class Held:
    """Mails to take and to be done with. The domains of one lane take turns, and for each of them the schools."""

    def __init__(self, connections: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = max(1, connections - 1)
        self._most_slow = max(1, connections // 2)
        self._most_strangers = max(min(2, connections), connections - 1)
        self._clock = clock
        self._waiting: OrderedDict[str, Turns] = OrderedDict()
        self._count = 0
        self._in_hand: dict[str, dict[UUID, float]] = {}
        self._manners: OrderedDict[str, _Manner] = OrderedDict()
        self._strangers_in_hand = 0
        self._let_be_until: dict[str, float] = {}
        self._changed = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        """How many mails wait to be taken."""
        return self._count

    @property
    def ready(self) -> int:
        """How many of them are for now. The others wait for an answer to those before them, whoever has time."""
        now = self._clock()
        return sum(self._ready(domain, waiting, now) for domain, waiting in self._waiting.items())

    def put(self, mails: Sequence[ClaimedMail]) -> None:
        """Mails to be sent, behind those that their schools have for the same domains already."""
        for mail in mails:
            self._waiting.setdefault(mail.domain, Turns()).put(mail)
        self._count += len(mails)
        if mails:
            self._changed.set()

    async def take(self) -> ClaimedMail | None:
        """The next mail that may go, to be handed to `done` afterwards; None when there will be none any more."""
        while (mail := self._next()) is None:
            if self._closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        return mail

    def done(self, mail: ClaimedMail, *, answered: bool | None) -> None:
        """The mail needs its connection no more. `answered` is None when its domain was not asked."""
        domain, flying = mail.domain, self._in_hand[mail.domain]
        seconds = self._clock() - flying.pop(mail.mail_id)
        was = self._manners.get(domain)
        if was is None:
            self._strangers_in_hand -= 1
        if answered is False:
            self._let_be_until[domain] = self._clock() + PATIENCE
        if answered is not None:
            self._meet(domain, (_Manner.SLOW if seconds > PATIENCE else _Manner.QUICK) if answered else None)
        now_is = self._manners.get(domain)
        if (was is None) != (now_is is None):
            self._strangers_in_hand += len(flying) if now_is is None else -len(flying)
        if not flying:
            del self._in_hand[domain]
        if was is not now_is:  # else what became free is for whoever gave it back
            self._changed.set()

    def crowded(self) -> Sequence[str]:
        """The domains that can be sent nothing more for now: they gave no answer, or keep what they have waiting."""
        now = self._clock()
        if over := [domain for domain, until in self._let_be_until.items() if until <= now]:
            for domain in over:
                del self._let_be_until[domain]
            self._changed.set()
        full = {domain for domain, flying in self._in_hand.items() if self._is_crowded(domain, flying, now)}
        return list(full | self._let_be_until.keys())

    def sated(self) -> Sequence[str]:
        """The domains that nothing more is to be claimed for: the crowded, and those that have enough for a while."""
        now = self._clock()
        enough = {
            domain
            for domain, waiting in self._waiting.items()
            if len(waiting) > _ENOUGH * self._most and self._is_in_no_hurry(domain, now)
        }
        return list(enough.union(self.crowded()))

    def withdraw(self) -> Sequence[ClaimedMail]:
        """Takes the mails to crowded domains out, and those to strangers while strangers alone keep us waiting."""
        domains = list(self.crowded())
        if self._strangers_stall():
            domains += [domain for domain in self._waiting if domain not in self._manners]
        return [mail for domain in domains for mail in self._withdrawn(domain)]

    def close(self) -> Sequence[ClaimedMail]:
        """Takes all out; whoever waits for one gets none."""
        self._closed = True
        rest = [mail for domain in list(self._waiting) for mail in self._withdrawn(domain)]
        self._changed.set()
        return rest

    def _next(self) -> ClaimedMail | None:
        now = self._clock()
        for domain, waiting in self._waiting.items():
            flying = self._in_hand.get(domain, {})
            if not self._may_go(domain, flying, now):
                continue
            mail = waiting.take()
            self._count -= 1
            if waiting:
                self._waiting.move_to_end(domain)
            else:
                del self._waiting[domain]
            self._in_hand.setdefault(domain, {})[mail.mail_id] = now
            self._strangers_in_hand += domain not in self._manners
            return mail
        return None

    def _ready(self, domain: str, waiting: Turns, now: float) -> int:
        if self._let_be_until.get(domain, now) > now:
            return 0
        flying = self._in_hand.get(domain, {})
        if self._manners.get(domain) is _Manner.QUICK and not _keeps_waiting(flying, now):
            return len(waiting)
        return min(len(waiting), max(0, self._limit(domain, flying, now) - len(flying)))

    def _is_in_no_hurry(self, domain: str, now: float) -> bool:
        """Whether the domain is known to be slow, or is not known and has not answered at once."""
        manner = self._manners.get(domain)
        is_asked = manner is None and _keeps_waiting(self._in_hand.get(domain, {}), now, _AT_ONCE)
        return manner is _Manner.SLOW or is_asked

    def _may_go(self, domain: str, flying: dict[UUID, float], now: float) -> bool:
        if self._let_be_until.get(domain, now) > now:
            return False
        if domain not in self._manners and self._strangers_in_hand >= self._most_strangers:
            return False
        return len(flying) < self._limit(domain, flying, now)

    def _limit(self, domain: str, flying: dict[UUID, float], now: float) -> int:
        """How many connections the domain may use."""
        manner = self._manners.get(domain)
        if manner is None:
            return 1
        is_slow = manner is _Manner.SLOW or _keeps_waiting(flying, now)
        return self._most_slow if is_slow else self._most

    def _is_crowded(self, domain: str, flying: dict[UUID, float], now: float) -> bool:
        return _keeps_waiting(flying, now) and len(flying) >= self._limit(domain, flying, now)

    def _strangers_stall(self) -> bool:
        """Whether as many strangers as may be are in hand, and all of them keep us waiting."""
        now = self._clock()
        return self._strangers_in_hand >= self._most_strangers and all(
            _keeps_waiting(flying, now) for domain, flying in self._in_hand.items() if domain not in self._manners
        )

    def _withdrawn(self, domain: str) -> Iterator[ClaimedMail]:
        mails = self._waiting.pop(domain, Turns())
        self._count -= len(mails)
        yield from mails

    def _meet(self, domain: str, manner: _Manner | None) -> None:
        """Remembers the manner of a domain, and forgets those not met for long; None makes it a stranger."""
        if manner is None:
            self._manners.pop(domain, None)
            return
        self._manners[domain] = manner
        self._manners.move_to_end(domain)
        if len(self._manners) > _REMEMBERED:
            forgotten = next(each for each in self._manners if each not in self._in_hand)
            del self._manners[forgotten]


def _keeps_waiting(flying: dict[UUID, float], now: float, seconds: float = PATIENCE) -> bool:
    """Whether the mail that was taken first has waited too long for its answer."""
    first = next(iter(flying.values()), now)
    return now - first > seconds
