"""A consumer that has work and does none: the process lives, and its liveness says that it must be ended."""

from functools import partial

import httpx
import pytest

from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.trial import Trials
from tests.waiting import until

WORKER = "notifications-worker"
STALL_SECONDS = 60 if EXTENT.full else 3
"""Of the watchdog: those of production, or few."""

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_a_worker_that_silently_stalls_says_so_and_the_next_does_its_work(trials: Trials) -> None:
    async def stalled() -> None:
        url = trials.system.processes[WORKER].url
        async with httpx.AsyncClient(trust_env=False) as client, trials.faults.hanging(WORKER, STALL_SECONDS):
            await until(partial(lives, client, url), seconds=60)
            await trials.accepted_some()
            await until(partial(stands_still, client, url), seconds=STALL_SECONDS + 60)

    verdict = await trials.run(20, f"a worker that stalls silently, ended after {STALL_SECONDS} s", stalled)
    assert verdict.repeats == 0


async def lives(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/livez")).is_success
    except httpx.TransportError:
        return False


async def stands_still(client: httpx.AsyncClient, url: str) -> bool:
    """Whether liveness fails, and for that reason."""
    answer = await client.get(f"{url}/livez")
    return not answer.is_success and "has stood still" in answer.text
