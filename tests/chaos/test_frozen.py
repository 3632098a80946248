"""A process that stands still in the middle of its work and wakes when that is another's."""

import pytest

from devstack.postgres_databases import superuser
from tests.chaos.at_work import HELD
from tests.chaos.crash_points import SENDER
from tests.chaos.extent import TIMEOUT
from tests.chaos.trial import Trials
from tests.waiting import until

WORKER = "notifications-worker"
TAKEN_OVER = "SELECT count(*) = 0 FROM mail_queue WHERE attempt_token = ANY ($1)"
WAITING = """
SELECT count(*) > 0 FROM pg_stat_activity
WHERE usename = 'notifications' AND wait_event_type = 'Lock' AND wait_event = $1
"""

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_a_worker_that_wakes_after_another_took_its_work_has_no_effect_twice(trials: Trials) -> None:
    frozen = trials.system.processes[WORKER].process

    async def overtaken() -> None:
        async with superuser(trials.system.postgres.url("notifications")) as connection:
            async with connection.transaction():
                await connection.execute("LOCK TABLE contacts IN SHARE MODE")
                await until(lambda: connection.fetchval(WAITING, "relation"), seconds=60)
                frozen.pause()
            try:
                # Its transaction stays open, and Kafka gives its partitions to the other when its session has ended.
                async with trials.faults.second(WORKER):
                    await until(lambda: connection.fetchval(WAITING, "transactionid"), seconds=60)
                    frozen.resume()
            finally:
                frozen.resume()

    await trials.run(6, "a worker frozen in a batch, woken after its session ended", overtaken)


async def test_a_sender_that_wakes_after_another_took_its_mails_lets_none_come_again_but_those_it_held(
    trials: Trials,
) -> None:
    frozen = trials.system.processes[SENDER].process

    async def overtaken() -> None:
        async with superuser(trials.system.postgres.url("notifications")) as connection:
            await trials.faults.freeze_at_work(SENDER)
            try:
                await trials.ledger.note_end_of_sender()  # as of one that was killed: what it held may come again
                held = [row[0] for row in await connection.fetch(HELD)]
                async with trials.faults.second(SENDER):
                    await until(lambda: connection.fetchval(TAKEN_OVER, held), seconds=60)
                    frozen.resume()
            finally:
                frozen.resume()

    await trials.run(6, "a sender frozen with mails in its hands, woken after another has sent them", overtaken)
