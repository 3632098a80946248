"""PostgreSQL goes away under the sender and comes back: nothing is sent that cannot be recorded, nothing twice."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.integration.notifications.sender.cuttable_wire import CuttableWire
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, settings_for
from tests.waiting import until

from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

PATIENT = {"smtp_envelope_seconds": 3, "smtp_content_seconds": 4, "lease_seconds": 12}
"""On a busy machine a second without an answer is no silent relay, whose domain would be let be for half a minute. The
mails of a claim that was cut off come back when the lease ends."""


@pytest.fixture
async def wire(url: str) -> AsyncIterator[CuttableWire]:
    parts = urlsplit(url)
    wire = CuttableWire(parts.hostname or "127.0.0.1", parts.port or 5432)
    await wire.mend()
    yield wire
    await wire.cut()


@pytest.fixture
def world(
    url: str, wire: CuttableWire, pool: Pool, keys: tuple[Path, Path], tmp_path: Path, relay: ScriptedRelay
) -> SenderWorld:
    parts = urlsplit(url)
    wired = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{wire.port}").geturl()
    settings = settings_for(wired, tmp_path, keys[0], port=relay.port)
    return SenderWorld(wired, pool, Sealer(keys[1]), Unsealer(keys[0]), settings)


async def test_a_database_that_goes_and_comes_back_loses_and_repeats_nothing(
    world: SenderWorld, wire: CuttableWire, relay: ScriptedRelay
) -> None:
    relay.delay = 0.005
    mails = await world.queue(*(f"parent{number}@szkola.example" for number in range(1500)), lane="bulk")
    async with world.sending(**PATIENT):

        async def under_way() -> bool:
            return len(relay.mails) >= 200

        await until(under_way)
        await wire.cut()

        async def noticed() -> bool:
            return "outcomes" in world.not_ready()

        await until(noticed)
        sent = len(relay.mails)
        await until(lambda: _stands_still(relay, sent + 8))
        await wire.mend()
        states = await world.settled(*mails, seconds=40)
    assert Counter(states.values()) == {"accepted": 1500}
    assert max(Counter(mail.recipient for mail in relay.mails).values()) == 1
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 1500


async def _stands_still(relay: ScriptedRelay, most: int) -> bool:
    """Only what was being sent when the database went is still sent."""
    assert len(relay.mails) <= most
    return True
