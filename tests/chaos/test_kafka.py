"""Kafka is away, comes back, comes back empty, or is not there yet."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from tests.chaos.changing import Changed
from tests.chaos.effects import archived
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.followed import assert_all_followed, change_at_once
from tests.chaos.trial import SOME, Trials
from tests.commands import run_command
from tests.waiting import until

WAYS = ["killed", "told to end", "frozen"] if EXTENT.full else ["killed"]
WORKERS = ("accounts-worker", "notifications-worker")

pytestmark = pytest.mark.timeout(TIMEOUT)


@asynccontextmanager
async def still_accepted(trials: Trials) -> AsyncIterator[None]:
    """People go on being accepted while what is inside is done."""
    accepted = len(trials.load.accepted)
    yield
    assert len(trials.load.accepted) > accepted
    assert not trials.load.wrong


@pytest.mark.parametrize("way", WAYS)
async def test_requests_are_accepted_while_kafka_is_away_and_mailed_when_it_is_back(way: str, trials: Trials) -> None:
    changed: list[Changed] = []

    async def away() -> None:
        async with still_accepted(trials), asyncio.TaskGroup() as beside:
            changing = beside.create_task(change_at_once(trials))
            if way == "frozen":
                await trials.faults.freeze("kafka", seconds=EXTENT.away_seconds)
            else:
                await (trials.faults.kill if way == "killed" else trials.faults.stop)("kafka")
                await asyncio.sleep(EXTENT.away_seconds)
                await trials.faults.start("kafka")
        changed.extend(changing.result())

    verdict = await trials.run(3, f"Kafka {way}, away for {EXTENT.away_seconds:g} s", away)
    assert (verdict.repeats, verdict.refused.total()) == (0, 0)
    await assert_all_followed(trials, changed)


async def test_nothing_is_lost_and_nothing_mailed_twice_when_kafka_loses_all_it_had(trials: Trials) -> None:
    system = trials.system

    async def published(count: int) -> bool:
        return await archived(system) >= count

    async def lost() -> None:
        await trials.faults.kill("notifications-worker")
        heard = await archived(system)
        await until(lambda: published(heard + SOME))
        await trials.faults.kill("kafka")
        await asyncio.to_thread(shutil.rmtree, system.kafka.brokers[0].node.data)
        await trials.faults.start("kafka")
        await trials.faults.start("notifications-worker")
        for service in ("accounts", "notifications"):
            assert (await run_command(system.databases[service], service, "republish", "--yes"))[0] == 0

    verdict = await trials.run(4, "Kafka's folder removed with events unread, republish", lost)
    assert (verdict.repeats, verdict.refused.total()) == (0, 0)


async def test_a_worker_that_finds_no_kafka_waits_and_says_so(trials: Trials) -> None:
    system = trials.system

    async def started_before_kafka() -> None:
        for name in (*WORKERS, "kafka"):
            await trials.faults.stop(name)
        async with still_accepted(trials), httpx.AsyncClient(trust_env=False) as client:
            for name in WORKERS:
                await system.processes[name].process.start()
                url = system.processes[name].url
                assert await until(partial(_waiting, client, url)) == "waiting for Kafka"
                assert (await client.get(f"{url}/livez")).is_success
        await trials.faults.start("kafka")
        for name in WORKERS:
            await system.await_process(name)

    await trials.run(19, "workers started before Kafka", started_before_kafka)


async def _waiting(client: httpx.AsyncClient, url: str) -> str | None:
    try:
        answer = await client.get(f"{url}/readyz")
    except httpx.TransportError:
        return None
    waiting: str | None = answer.json().get("failures", {}).get("start")
    return waiting if waiting and "Kafka" in waiting else None
