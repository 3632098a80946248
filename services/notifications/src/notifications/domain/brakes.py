"""What an operator pauses or cancels: mails chosen by kind, lane, school or district."""

from dataclasses import dataclass
from typing import Final, get_args
from uuid import UUID

from notifications.domain.kinds import KINDS, Lane

LANES: Final[tuple[Lane, ...]] = get_args(Lane)


class BadSelection(ValueError):  # noqa: N818 - names what is wrong
    """What was asked for can choose no mail; the message says the mend."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The mails that fit all that is given; what is None does not matter.

    Without a kind and a lane it leaves the security lane alone: whoever stops a school's mails does not mean to lock
    people out of their accounts.
    """

    kind: str | None = None
    lane: str | None = None
    school_id: UUID | None = None
    district_id: UUID | None = None

    def __post_init__(self) -> None:
        """Raises BadSelection."""
        if self.lane is not None and self.lane not in LANES:
            raise BadSelection(f"there is no lane {self.lane!r}; give one of {', '.join(LANES)}")
        if self.kind is None:
            return
        if self.kind not in KINDS:
            raise BadSelection(f"there is no kind {self.kind!r}; give one of {', '.join(sorted(KINDS))}")
        if self.lane not in {None, KINDS[self.kind].lane}:
            raise BadSelection(f"{self.kind} goes in the lane {KINDS[self.kind].lane}; leave the lane out")

    @property
    def lanes(self) -> list[str]:
        """The lanes that it reaches into."""
        if self.lane is not None:
            return [self.lane]
        if self.kind is not None:
            return list(LANES)
        return [lane for lane in LANES if lane != "security"]
