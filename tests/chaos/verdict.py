"""What the ledger holds against the promise: everything accepted has its effect once, and nothing else has one."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Set
from dataclasses import dataclass
from typing import TypeVar

from devstack.inbox import LedgerEntry
from tests.chaos.effects import Effects
from tests.chaos.load import Load, has_no_mailbox

KINDS = ("activation", "activation_reminder")
"""What is noticed of a registration; the reminder is mailed eleven days later."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Verdict:
    """What the ledger says of the time since it was asked last."""

    accepted: int
    mailed: int
    repeats: int
    """How often a mail came that had come before."""
    repeats_allowed: int
    """Attempts after which the mail may come again: the relay accepted it without saying so, or a killed sender could
    not record that."""
    repeated_records: int
    refused: Counter[int]
    """Answers that let the request be sent again, by status."""
    lost: int
    """Requests without an answer."""
    faults: tuple[str, ...]
    """Where the promise was broken, from the first request on."""

    def since(self, before: "Verdict") -> "Verdict":
        """What is new in it; the faults all the same."""
        return Verdict(
            accepted=self.accepted - before.accepted,
            mailed=self.mailed - before.mailed,
            repeats=self.repeats - before.repeats,
            repeats_allowed=self.repeats_allowed - before.repeats_allowed,
            repeated_records=max(0, self.repeated_records - before.repeated_records),  # Kafka may have lost its records
            refused=self.refused - before.refused,
            lost=self.lost - before.lost,
            faults=self.faults,
        )

    def and_then(self, later: "Verdict") -> "Verdict":
        """What both say together."""
        return Verdict(
            accepted=self.accepted + later.accepted,
            mailed=self.mailed + later.mailed,
            repeats=self.repeats + later.repeats,
            repeats_allowed=self.repeats_allowed + later.repeats_allowed,
            repeated_records=self.repeated_records + later.repeated_records,
            refused=self.refused + later.refused,
            lost=self.lost + later.lost,
            faults=later.faults,
        )


NOTHING_YET = Verdict(0, 0, 0, 0, 0, Counter(), 0, ())


def judged(load: Load, seen: Effects, *, in_doubt: Callable[[LedgerEntry], int]) -> Verdict:
    """The verdict on all that was asked so far. `in_doubt` tells how often a mail may come again."""
    return Verdict(
        accepted=len(load.accepted),
        mailed=len(seen.mails),
        repeats=sum(entry.times - 1 for entry in seen.receipts),
        repeats_allowed=sum(map(in_doubt, seen.receipts)),
        repeated_records=seen.repeated_records,
        refused=load.refused,
        lost=load.lost,
        faults=(*_faults(load, seen), *_wrong_repeats(seen, in_doubt)),
    )


def _faults(load: Load, seen: Effects) -> Iterator[str]:
    accepted, asked = load.accepted, load.asked
    yield from (f"answered {answer}" for answer in load.wrong)
    yield from _not_once("account", seen.accounts, accepted, asked)
    yield from _not_once("event of the registration", seen.registered, accepted, asked)
    yield from _not_once("notice", seen.notices, _of_each_kind(accepted), _of_each_kind(asked))
    yield from _not_once("mail", seen.mails, _with_mailbox(accepted), _with_mailbox(asked))
    yield from _not_once(
        "suppression", seen.suppressed, accepted - _with_mailbox(accepted), asked - _with_mailbox(asked)
    )
    yield from _not_once("event of the mail", seen.told, accepted, asked)
    if seen.stuck:
        yield f"{seen.stuck} events are dead letters or wait for something"


def _with_mailbox(addresses: Set[str]) -> Set[str]:
    return {address for address in addresses if not has_no_mailbox(address)}


def _of_each_kind(addresses: Set[str]) -> Set[tuple[str, str]]:
    return {(address, kind) for address in addresses for kind in KINDS}


def _not_once(what: str, counts: Counter[K], must: Set[K], may: Set[K]) -> Iterator[str]:
    """Names what is not there once although it must be, and what is there although it may not."""
    for key in sorted(must | counts.keys(), key=str):
        if key not in may:
            yield f"{what} of {key}, who asked for nothing"
        elif counts[key] > 1 or (key in must and counts[key] < 1):
            yield f"{what} of {key}: {counts[key]} times"


def _wrong_repeats(seen: Effects, in_doubt: Callable[[LedgerEntry], int]) -> Iterator[str]:
    for entry in seen.receipts:
        if entry.times - 1 > (doubts := in_doubt(entry)):
            yield f"{entry.message_id} came {entry.times} times and was in doubt {doubts} times"
