"""What the tests of the sender stand on: a relay, a queue, and senders that work it off."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, settings_for

from notifications.sender.store import ClaimLimits, QueueStore
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer


@pytest.fixture
async def relay() -> AsyncIterator[ScriptedRelay]:
    """A relay that answers well until it is told otherwise."""
    async with ScriptedRelay() as relay:
        yield relay


@pytest.fixture
def world(url: str, pool: Pool, keys: tuple[Path, Path], tmp_path: Path, relay: ScriptedRelay) -> SenderWorld:
    """A queue, and senders that send through `relay`."""
    return SenderWorld(
        url, pool, Sealer(keys[1]), Unsealer(keys[0]), settings_for(url, tmp_path, keys[0], port=relay.port)
    )


@pytest.fixture
def store(world: SenderWorld) -> QueueStore:
    """What a sender does to the queue, a step at a time."""
    limits = ClaimLimits(schools=32, domain_cap=500, lease_seconds=60)
    return QueueStore(world.pool, limits, world.unsealer, relay="relay.example:25")
