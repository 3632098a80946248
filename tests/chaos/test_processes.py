"""Kills of any process with work in flight, and orderly stops under load."""

from collections.abc import Sequence

import pytest

from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.faults import PROCESSES, SERVERS
from tests.chaos.trial import Trials

pytestmark = pytest.mark.timeout(TIMEOUT)


@pytest.mark.parametrize("names", EXTENT.trials([*PROCESSES, *SERVERS]), ids=", ".join)
async def test_what_was_accepted_is_mailed_once_whoever_is_killed(names: Sequence[str], trials: Trials) -> None:
    async def killed() -> None:
        for name in names:
            await trials.faults.kill_at_work(name)
            await trials.faults.start(name)

    await trials.run(1, f"kill -9: {', '.join(names)}", killed)


@pytest.mark.parametrize("names", EXTENT.trials(PROCESSES), ids=", ".join)
async def test_what_is_told_to_end_ends_in_time_and_nothing_is_repeated(names: Sequence[str], trials: Trials) -> None:
    async def stopped() -> None:
        for name in names:
            assert await trials.faults.stop(name) == 0
            await trials.faults.start(name)

    verdict = await trials.run(18, f"SIGTERM: {', '.join(names)}", stopped)
    assert (verdict.repeats, verdict.repeated_records) == (0, 0)
