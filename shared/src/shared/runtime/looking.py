"""How often a table is looked at for work: soon again after some was found, ever less often while there is none."""

from shared.contracts.topics import Lane

SHORTEST_SECONDS = 0.02
LONGEST_SECONDS, LONGEST_URGENT_SECONDS = 0.2, 0.05
"""Whoever has just asked for a link waits for it: theirs is the lane that is looked at most often."""


class Looks:
    """The pauses between the looks at a lane."""

    def __init__(self, lane: str) -> None:
        self._longest = LONGEST_URGENT_SECONDS if lane == Lane.SECURITY else LONGEST_SECONDS
        self._next = SHORTEST_SECONDS

    def found(self) -> None:
        """There was work: more of it may come at once."""
        self._next = SHORTEST_SECONDS

    def pause(self) -> float:
        """Seconds until the next look; longer each time, until work is found."""
        seconds, self._next = self._next, min(self._next * 2, self._longest)
        return seconds
