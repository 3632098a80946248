"""What is found while a roster is read. Bounded: an export of a million rows may have as many faults."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.repairs import Repair

KEPT = 10_000
"""Faults that are kept whole, and rows left out that are named."""


class Place(NamedTuple):
    """Which faults are counted together beyond those that are kept."""

    file: str | None
    column: str | None
    code: Code


class Mended(NamedTuple):
    """Which repairs are counted together."""

    file: str | None
    column: str | None
    repair: Repair


class LeftOut(NamedTuple):
    """A row that was not read. `sourced_id` is None when not even that could be.

    In a bulk file it is there all the same: what it tells of must not be taken for gone.
    """

    file: str
    row: int
    sourced_id: str | None


class Findings:
    """The faults in the order in which they were found, and what lenient reading mended or left out.

    `faults` are the first 10,000, `more` counts the others.
    """

    def __init__(self, *, lenient: bool, kept: int = KEPT) -> None:
        self.lenient = lenient
        self.faults: list[Fault] = []
        self.more: Counter[Place] = Counter()
        self.repairs: Counter[Mended] = Counter()
        self.left_out: list[LeftOut] = []
        self.refused = False
        """Whether the roster cannot be applied: a fault was found that cannot be left out with its row."""
        self._kept = kept

    @property
    def count(self) -> int:
        """How many faults there are."""
        return len(self.faults) + self.more.total()

    def tell(self, fault: Fault) -> None:
        """A fault because of which the roster is refused."""
        self.refused = True
        self._keep(fault)

    def deviates(self, repair: Repair, fault: Fault) -> None:
        """A deviation that lenient reading mends, and strict reading finds to be a fault."""
        if self.lenient:
            self.mended(fault.file, fault.column, repair)
        else:
            self.tell(fault)

    def mended(self, file: str | None, column: str | None, repair: Repair) -> None:
        """Counts what was mended."""
        self.repairs[Mended(file, column, repair)] += 1

    def bad_row(self, row: LeftOut, faults: Sequence[Fault]) -> None:
        """A row with faults: lenient reading leaves it out, as long as these are not too many."""
        if not self.lenient:
            for fault in faults:
                self.tell(fault)
            return
        for fault in faults:
            self._keep(fault)
        if len(self.left_out) < self._kept:
            self.left_out.append(row)
        elif not self.refused:
            self.tell(Fault(row.file, None, None, Code.TOO_MANY_LEFT_OUT))

    def tell_more(self, place: Place, times: int) -> None:
        """Faults of which nothing but the number is known, because there are too many to be left out."""
        self.refused = True
        self.more[place] += times

    def _keep(self, fault: Fault) -> None:
        if len(self.faults) < self._kept:
            self.faults.append(fault)
        else:
            self.more[Place(fault.file, fault.column, fault.code)] += 1
