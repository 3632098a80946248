"""A kill exactly between two steps: after what was done outside and before it is written down, and the other way."""

from collections.abc import Sequence

import pytest

from tests.chaos.crash_points import POINTS, CrashPoint
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.trial import Trials

AGAIN_IN_KAFKA = "relay: acknowledged, in the outbox"
AGAIN_AT_THE_CONSUMER = "consumer: applied, not committed"
AGAIN_IN_THE_MAILBOX = "sender: accepted, not recorded"
TRIALS = [[name] for name in POINTS] if EXTENT.full else [[AGAIN_IN_KAFKA, AGAIN_AT_THE_CONSUMER, AGAIN_IN_THE_MAILBOX]]

pytestmark = pytest.mark.timeout(TIMEOUT)


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_every_point_is_a_place_in_the_code(point: CrashPoint) -> None:
    owner, name = point.place()
    assert callable(getattr(owner, name))


@pytest.mark.parametrize("names", TRIALS, ids="; ".join)
async def test_what_was_accepted_is_mailed_once_wherever_a_process_ends(names: Sequence[str], trials: Trials) -> None:
    async def crashed() -> None:
        for name in names:
            await trials.faults.crash(POINTS[name])
            await trials.faults.start(POINTS[name].process)

    verdict = await trials.run(2, f"kill -9 at: {'; '.join(names)}", crashed)
    assert verdict.repeated_records > 0 or AGAIN_IN_KAFKA not in names, "nothing came to Kafka twice"
    assert verdict.repeats > 0 or AGAIN_IN_THE_MAILBOX not in names, "nothing was mailed twice"
