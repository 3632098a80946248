"""Kills of any process with work in flight, and orderly stops under load."""

import pytest
from tests.chaos.extent import EXTENT
from tests.chaos.faults import SERVERS, SERVICES_PROCESSES, kill, start
from tests.chaos.trial import Trials

SENDER = "notifications-sender"


@pytest.mark.parametrize("name", [*SERVICES_PROCESSES, *SERVERS])
async def test_what_was_accepted_is_mailed_once_whoever_is_killed(name: str, trials: Trials) -> None:
    async def killed() -> None:
        await kill(trials.system, name)
        if name == SENDER:
            await trials.ledger.note_end_of_sender()
        await start(trials.system, name)

    for _ in range(EXTENT.rounds):
        await trials.run(1, f"kill -9 of {name}", killed, requests=EXTENT.requests)
