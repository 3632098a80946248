"""PostgreSQL ends connections, has none left, or cannot write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest

from devstack.postgres_databases import superuser
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.faults import PROCESSES
from tests.chaos.scarcity import crowd, filled, log_on, over_quota, small_disk, tables_on, use_up_log
from tests.chaos.trial import SOME, Trials
from tests.chaos.verdict import Verdict
from tests.waiting import until

TIMES = 20 if EXTENT.full else 4
ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('accounts', 'notifications')"
PAUSE_SECONDS = 0.2

END_SECONDS = 60
"""What PostgreSQL may take to end on a busy machine: it tries to recover first."""

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_connections_that_are_ended_again_and_again_are_made_anew(trials: Trials) -> None:
    async def ended() -> None:
        async with nobody_restarts(trials), superuser(trials.system.postgres.url()) as connection:
            for _ in range(TIMES):
                await connection.execute(ENDED)
                await trials.accepted_some()

    verdict = await trials.run(5, f"every connection ended, {TIMES} times", ended)
    assert verdict.repeats == 0


async def test_without_a_free_connection_requests_are_refused_for_now(trials: Trials) -> None:
    async def used_up() -> None:
        server = trials.system.postgres.url()
        async with nobody_restarts(trials):
            async with superuser(server) as connection, crowd(server):
                refused = trials.load.refused.total()
                while trials.load.refused.total() < refused + SOME:
                    await connection.execute(ENDED)
                    await asyncio.sleep(PAUSE_SECONDS)
            await trials.accepted_some()

    verdict = await trials.run(5, "max_connections used up", used_up)
    assert verdict.repeats == 0
    assert_refused_for_now(verdict)


async def test_on_a_full_disk_requests_are_refused_for_now(trials: Trials) -> None:
    async def full() -> None:
        with small_disk(trials.system.folder / "small-disk") as disk:
            async with nobody_restarts(trials), tables_on(disk, trials.system):
                with filled(disk):
                    await refused_for_a_while(trials)
                await trials.accepted_some()

    verdict = await trials.run(5, "disk full", full)
    assert verdict.repeats == 0
    assert_refused_for_now(verdict)


async def test_over_a_quota_requests_are_refused_for_now(trials: Trials) -> None:
    async def full() -> None:
        async with nobody_restarts(trials):
            async with over_quota(trials.system):
                await refused_for_a_while(trials)
            await trials.accepted_some()

    verdict = await trials.run(5, "over a quota, by triggers", full)
    assert verdict.repeats == 0
    assert_refused_for_now(verdict)


async def test_postgresql_that_ended_for_want_of_room_for_its_log_is_only_to_be_started_again(trials: Trials) -> None:
    postgres = trials.system.postgres

    async def ended() -> bool:
        await use_up_log(postgres.url())
        return not postgres.process.running

    async def full() -> None:
        with small_disk(trials.system.folder / "small-disk", beside=postgres.data / "pg_wal") as disk:
            async with nobody_restarts(trials), log_on(disk, trials.faults, trials.system):
                await trials.accepted_some()
                with filled(disk):
                    await until(ended, seconds=END_SECONDS)
                    await refused_for_a_while(trials)
                await trials.faults.start("postgres")
                await trials.accepted_some()

    verdict = await trials.run(5, "no room for PostgreSQL's log", full)
    assert_refused_for_now(verdict)


@asynccontextmanager
async def nobody_restarts(trials: Trials) -> AsyncIterator[None]:
    """The processes of the services are the same before and after what is inside."""
    processes = [trials.system.processes[name].process for name in PROCESSES]
    before = [process.pid for process in processes]
    yield
    assert all(process.running for process in processes)
    assert [process.pid for process in processes] == before


def assert_refused_for_now(verdict: Verdict) -> None:
    """By the service itself, which says when to come again, and not by the gateway on its behalf."""
    assert verdict.refused.total() >= SOME
    assert set(verdict.refused) == {HTTPStatus.SERVICE_UNAVAILABLE}


async def refused_for_a_while(trials: Trials) -> None:
    """Requests are refused, and go on to be."""
    enough = trials.load.refused.total() + SOME

    async def refused_some() -> bool:
        return trials.load.refused.total() >= enough

    await until(refused_some, seconds=60)
    await asyncio.sleep(EXTENT.away_seconds / 2)
