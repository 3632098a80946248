"""The same request reaches two processes at once, and each again later."""

import pytest

from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.trial import SOME, Trials

API = "accounts-api"
ROUNDS = 20 if EXTENT.full else 1

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_a_request_that_comes_four_times_has_one_answer_and_one_effect(trials: Trials) -> None:
    async def again_and_again() -> None:
        first = trials.system.processes[API].url
        async with trials.faults.second(API) as other:
            for _ in range(ROUNDS):
                for answers in await trials.load.register_at(first, other.url, people=SOME):
                    ((status, _),) = answers
                    assert status == 202

    verdict = await trials.run(
        14, f"{ROUNDS * SOME} requests, each at two APIs at once and at each again", again_and_again
    )
    assert (verdict.repeats, verdict.repeated_records) == (0, 0)
