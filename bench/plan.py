"""How much is measured: in full, quickly, or at length."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.effort import Effort

Run = Callable[[], Awaitable[Effort]]


class NotMeasured(RuntimeError):  # noqa: N818 - names what happened
    """What was to be measured did not come about; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`runs` of each line. `quick` takes fewer items, and of them only a `share`; `long` asks for the million, `peer`
    for the mails of somebody else.
    """

    runs: int
    quick: bool = False
    long: bool = False
    peer: bool = False
    share: float = 1.0

    def of(self, full: int, quick: int) -> int:
        """How many items."""
        return max(1, int(quick * self.share)) if self.quick else full

    async def alternate(self, raw: Run, ours: Run) -> list[tuple[Effort, Effort]]:
        """Both sides in turn, so that what else the machine does meets both."""
        return [(await raw(), await ours()) for _ in range(self.runs)]
