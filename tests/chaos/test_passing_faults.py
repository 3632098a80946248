"""A handler fails for a while through nobody's fault, and the accounts go on changing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from asyncpg import Connection

from devstack.postgres_databases import superuser
from tests.chaos.changing import Changed
from tests.chaos.crash_points import CONSUMER
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.followed import PEOPLE, assert_all_followed, change_at_once
from tests.chaos.trial import Trials

FAULT_SECONDS = EXTENT.away_seconds if EXTENT.full else EXTENT.away_seconds / 2
REVOKED = "REVOKE INSERT, UPDATE ON contacts FROM notifications"
GRANTED = "GRANT INSERT, UPDATE ON contacts TO notifications"
RETRIED = "batch_retried"
"""What a worker logs of a batch that has to be tried again."""

Fault = Callable[[Connection], AbstractAsyncContextManager[None]]

pytestmark = pytest.mark.timeout(TIMEOUT)


@asynccontextmanager
async def right_revoked(notifications: Connection) -> AsyncIterator[None]:
    """The service may not write its contacts."""
    await notifications.execute(REVOKED)
    try:
        yield
    finally:
        await notifications.execute(GRANTED)


@asynccontextmanager
async def table_locked(notifications: Connection) -> AsyncIterator[None]:
    """Somebody holds the contacts, as a careless operator does."""
    async with notifications.transaction():
        await notifications.execute("LOCK TABLE contacts IN SHARE MODE")
        yield


@pytest.mark.parametrize(
    ("number", "what", "fault"),
    [(8, "the right to write contacts taken away", right_revoked), (9, "contacts locked", table_locked)],
    ids=["right taken away", "table locked"],
)
async def test_what_failed_for_a_while_comes_in_its_order_and_the_last_state_wins(
    number: int, what: str, fault: Fault, trials: Trials
) -> None:
    changed: list[Changed] = []

    async def failing() -> None:
        retried = retries(trials)
        async with superuser(trials.system.postgres.url("notifications")) as connection:
            async with fault(connection):
                changed.extend((await asyncio.gather(change_at_once(trials), asyncio.sleep(FAULT_SECONDS)))[0])
            changed.extend(await change_at_once(trials))
        assert number != 8 or retries(trials) > retried

    verdict = await trials.run(
        number, f"{what} for {FAULT_SECONDS:g} s while {2 * PEOPLE} accounts change again and again", failing
    )
    assert verdict.repeats == 0
    await assert_all_followed(trials, changed)


def retries(trials: Trials) -> int:
    """How often the worker has tried a batch again."""
    return trials.system.processes[CONSUMER].process.log.read_text(encoding="utf-8").count(RETRIED)
