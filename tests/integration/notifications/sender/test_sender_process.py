"""The sender as a process: killed, told to stop, started with settings that cannot be."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, arrived, settings_for

from devstack.ports import free_port
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

COUNT = 600


@pytest.fixture
def world(url: str, pool: Pool, keys: tuple[Path, Path], tmp_path: Path, relay: ScriptedRelay) -> SenderWorld:
    relay.delay = 0.02
    settings = settings_for(url, tmp_path, keys[0], port=relay.port)
    quick = {"smtp_envelope_seconds": 0.5, "smtp_content_seconds": 0.5, "lease_seconds": 6, "port": free_port()}
    return SenderWorld(url, pool, Sealer(keys[1]), Unsealer(keys[0]), {**settings, **quick})


@asynccontextmanager
async def process(world: SenderWorld, **changes: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """`notifications sender`; killed at the end if it still runs."""
    facts = {**world.settings, **changes}
    environment = {f"DZWONEK_{name.upper()}": str(value) for name, value in facts.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "notifications",
        "sender",
        env={**{name: value for name, value in os.environ.items() if not name.startswith("DZWONEK_")}, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_after_a_kill_everything_is_sent_and_at_most_what_was_in_flight_twice(
    world: SenderWorld, relay: ScriptedRelay
) -> None:
    mails = await world.queue(*addresses(COUNT), lane="bulk")
    kills = 2
    for kill in range(1, kills + 1):
        async with process(world) as sender:
            await arrived(relay.mails, kill * COUNT // 4)
            sender.send_signal(signal.SIGKILL)
            await sender.wait()
    async with process(world):
        assert set((await world.settled(*mails, seconds=60)).values()) == {"accepted"}
    received = Counter(mail.recipient for mail in relay.mails)
    assert len(received) == COUNT
    in_flight = 60  # those on the wire, and those accepted while a batch of outcomes is gathered and written
    assert len(relay.mails) - COUNT <= kills * in_flight
    ids = Counter((mail.recipient, message_from_bytes(mail.content)["Message-ID"]) for mail in relay.mails)
    assert len(ids) == COUNT


async def test_told_to_stop_under_load_it_ends_in_good_order(world: SenderWorld, relay: ScriptedRelay) -> None:
    mails = await world.queue(*addresses(COUNT), lane="bulk")
    async with process(world) as sender:
        await arrived(relay.mails, 50)
        sender.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(sender.wait(), 20) == 0
    states = Counter(row["state"] for row in await world.mails(*mails))
    assert states == {"accepted": len(relay.mails), "queued": COUNT - len(relay.mails)}
    assert not await world.pool.fetchval("SELECT count(*) FROM mail_queue WHERE attempt_token IS NOT NULL")
    assert relay.commands.count("QUIT") == relay.connections


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"demo": False}, "DZWONEK_SMTP_TLS is wrong"),
        ({"lease_seconds": 3}, "DZWONEK_LEASE_SECONDS is wrong"),
        ({"verp_key_file": "/nowhere"}, "DZWONEK_VERP_KEY_FILE is wrong"),
        ({"smtp_ca_file": __file__}, "DZWONEK_SMTP_CA_FILE is wrong"),
    ],
)
async def test_settings_that_cannot_be_end_it_with_one_line(
    world: SenderWorld, changes: dict[str, object], words: str
) -> None:
    async with process(world, **changes) as sender:
        _, errors = await sender.communicate()
    assert sender.returncode == 2
    assert words in errors.decode()
    assert len(errors.decode().splitlines()) == 1
