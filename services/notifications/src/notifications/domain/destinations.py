"""How a destination domain treats us, and how hard we may press it.

Healthy is the rule and is not written down. A rate reply pauses the domain; after the pause few mails may be in flight
to it (half as many after each further pause), and the allowance grows with the mails accepted until it reaches the
cap. Five faults in a row (policy, our own, connections broken off) pause it as well: one mail is tried after the pause,
and nothing more until one is accepted. Each pause that follows on another is twice as long.

Silence does so the first time, because it holds a connection for as long as the deadlines last. Its pauses stay short,
because it may be the relay that hangs: then every domain is silent, and all must be served soon after it is mended. A
connection that breaks off costs a moment, and a relay that is started anew breaks off all of them: it is a fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from notifications.domain.answers import AnswerClass

FAULTS_TO_PAUSE = 5
SHORTEST_PAUSE = 30
LONGEST_PAUSE = 3600
LONGEST_PAUSE_SILENT = 600
RAMP_START = 8
"""The most mails in flight after the first pause."""

GROWTH = 4
"""The allowance grows by one with every so many mails accepted: a quarter more in each round."""

_FAULTS: Final = frozenset({AnswerClass.POLICY, AnswerClass.OWN_FAULT, AnswerClass.BROKEN_OFF})
TROUBLES: Final = _FAULTS | {AnswerClass.RATE, AnswerClass.SILENT}
_TALKING: Final = frozenset({AnswerClass.ACCEPTED, AnswerClass.NO_MAILBOX, AnswerClass.MAILBOX_FULL})
"""Answers that judge the recipient or take the mail: the server has nothing against us."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The state of one domain. `allowance` is how many mails may be in flight to it, None for the cap of all."""

    faults: int = 0
    allowance: int | None = None
    paused_until: datetime | None = None
    pause_seconds: int = 0

    def is_paused(self, now: datetime) -> bool:
        """Whether nothing may be sent to it at `now`."""
        return self.paused_until is not None and self.paused_until > now


HEALTHY = Destination()


def after(state: Destination, answers: Iterable[AnswerClass], *, now: datetime, cap: int) -> Destination:
    """The state after these answers, in their order, when `cap` mails may be in flight to a healthy domain.

    Troubles told while the domain is paused already are of mails that were on their way: they make it no worse.
    """
    accepted = 0
    for answer in answers:
        if answer in _TALKING:
            accepted += answer is AnswerClass.ACCEPTED
            state = replace(state, faults=0)
        elif answer in TROUBLES and not state.is_paused(now):
            state = _troubled(state, answer, now=now, cap=cap)
    return _grown(state, accepted, now=now, cap=cap)


def _troubled(state: Destination, answer: AnswerClass, *, now: datetime, cap: int) -> Destination:
    if answer is AnswerClass.RATE:
        return _paused(state, now=now, allowance=max(1, min(state.allowance or cap, 2 * RAMP_START) // 2))
    if answer is AnswerClass.SILENT:
        return _paused(state, now=now, allowance=1, longest=LONGEST_PAUSE_SILENT)
    counted = replace(state, faults=state.faults + 1)
    return _paused(counted, now=now, allowance=1) if counted.faults >= FAULTS_TO_PAUSE else counted


def _paused(state: Destination, *, now: datetime, allowance: int, longest: int = LONGEST_PAUSE) -> Destination:
    seconds = min(max(SHORTEST_PAUSE, state.pause_seconds * 2), longest)
    return replace(state, paused_until=now + timedelta(seconds=seconds), pause_seconds=seconds, allowance=allowance)


def _grown(state: Destination, accepted: int, *, now: datetime, cap: int) -> Destination:
    """The allowance after a number of accepted mails; a domain that is back at the cap is healthy."""
    if not accepted or state.is_paused(now) or state.allowance is None:
        return state
    allowance = state.allowance + max(1, accepted // GROWTH)
    if allowance >= cap and not state.faults:
        return HEALTHY
    return replace(state, allowance=min(allowance, cap))
