"""Whether something grows: a straight line through samples, and how sure its slope is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression

SURE = 2.0
"""So many standard errors a slope has to be away from nothing before it means something."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Trend:
    """How much something grows in an hour, give or take `error`, one standard error."""

    an_hour: float
    error: float
    last: float

    def grows(self, allowed: float) -> bool:
        """Whether it surely grows by more than is allowed."""
        return self.an_hour - SURE * self.error > allowed


def trend(seconds: Sequence[float], values: Sequence[float]) -> Trend:
    """The least squares' line. Raises ValueError for fewer than three samples."""
    count = len(seconds)
    if count < 3:  # noqa: PLR2004 - two points are always on a line
        raise ValueError("a trend needs three samples")
    slope, intercept = linear_regression(seconds, values)
    residuals = sum((value - intercept - slope * at) ** 2 for at, value in zip(seconds, values, strict=True))
    mean = sum(seconds) / count
    error = math.sqrt(residuals / (count - 2) / sum((at - mean) ** 2 for at in seconds))
    return Trend(slope * HOUR, error * HOUR, values[-1])
