"""How often a lane is looked at."""

from itertools import pairwise

import pytest

from shared.contracts.topics import Lane
from shared.runtime.looking import LONGEST_SECONDS, LONGEST_URGENT_SECONDS, SHORTEST_SECONDS, Looks

LONG_ENOUGH = 20


@pytest.mark.parametrize(
    ("lane", "longest"),
    [(Lane.SECURITY, LONGEST_URGENT_SECONDS), (Lane.DIRECT, LONGEST_SECONDS), ("bulk", LONGEST_SECONDS)],
)
def test_while_there_is_no_work_the_pauses_grow_to_the_longest_of_the_lane(lane: str, longest: float) -> None:
    looks = Looks(lane)
    pauses = [looks.pause() for _ in range(LONG_ENOUGH)]
    assert pauses[0] == SHORTEST_SECONDS
    assert pauses[-1] == longest
    assert all(earlier < later or later == longest for earlier, later in pairwise(pauses))


def test_after_work_was_found_the_next_look_is_soon() -> None:
    looks = Looks(Lane.BULK)
    for _ in range(LONG_ENOUGH):
        looks.pause()
    looks.found()
    assert looks.pause() == SHORTEST_SECONDS
