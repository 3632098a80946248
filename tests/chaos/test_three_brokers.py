"""Kafka on three nodes, as in production, of which one is killed."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from devstack.system import System
from tests.chaos.conftest import SETTINGS
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.faults import Faults
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.report import Line
from tests.chaos.trial import SOME, Trials
from tests.waiting import until

BROKERS = ["kafka-1", "kafka-2", "kafka-3"] if EXTENT.full else ["kafka-1"]

pytestmark = pytest.mark.timeout(TIMEOUT)


@pytest.fixture
async def trials(tmp_path: Path, tell: Callable[[Line], None]) -> AsyncIterator[Trials]:
    """Faults to do to a system whose Kafka has three nodes."""
    system = System(tmp_path, durable=False, settings=SETTINGS, brokers=3)
    try:
        await system.start()
        load = Load(system.public_url)
        async with Ledger(system, load).open() as ledger:
            yield Trials(system, load, ledger, Faults(system, load, ledger), tell)
    finally:
        await system.stop()


async def test_with_one_of_three_brokers_killed_people_are_mailed_at_once(trials: Trials) -> None:
    async def one_killed() -> None:
        for name in BROKERS:
            await trials.faults.kill(name)
            mailed = await trials.ledger.mailed() + await trials.ledger.in_flight()
            await until(partial(mailed_more, mailed + SOME), seconds=60)
            await trials.faults.start(name)

    async def mailed_more(enough: int) -> bool:
        return await trials.ledger.mailed() >= enough

    verdict = await trials.run(3, f"kill -9 of one of three brokers: {', '.join(BROKERS)}", one_killed)
    assert (verdict.repeats, verdict.refused.total()) == (0, 0)
