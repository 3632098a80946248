"""A relay that is away is noticed before a mail is due, and said once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from structlog.testing import capture_logs
from structlog.typing import EventDict
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses
from tests.waiting import until

from notifications.sender.presence import Presence
from notifications.smtp.conversation import Deadlines
from notifications.smtp.relay import Relay, RelayAddress


@asynccontextmanager
async def watched(relay: ScriptedRelay, lanes_know: Callable[[], bool] = lambda: False) -> AsyncIterator[Presence]:
    """What is known of the relay while it is looked for all the time."""
    address = RelayAddress("127.0.0.1", relay.port, "none", "dzwonek.example.org")
    presence = Presence(Relay(address, Deadlines(1, 1), connect_seconds=1), look_seconds=0.05)
    stop = asyncio.Event()
    watching = asyncio.ensure_future(presence.watch(lanes_know, stop))
    try:
        yield presence
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await watching


def said(logs: Sequence[EventDict]) -> list[str]:
    return [entry["event"] for entry in logs if entry["event"].startswith("relay_")]


async def test_a_sender_that_finds_no_relay_is_not_ready_but_lives(world: SenderWorld, relay: ScriptedRelay) -> None:
    await relay.stop()
    with capture_logs() as logs:
        async with world.sending():

            async def noticed() -> bool:
                return "Connect" in world.not_ready().get("relay", "")

            await until(noticed)
            assert [health.failures(health.live) for health in world.health] == [{}]
            await relay.start()

            async def ready() -> bool:
                return world.not_ready() == {}

            await until(ready)
    assert said(logs) == ["relay_away", "relay_back"]
    assert relay.commands[-1] == "QUIT"


async def test_with_mails_waiting_it_is_said_once_too(world: SenderWorld, relay: ScriptedRelay) -> None:
    await relay.stop()
    with capture_logs() as logs:
        mails = [*await world.queue(*addresses(20)), *await world.queue(*addresses(20, "b.example"), lane="bulk")]
        async with world.sending():

            async def noticed() -> bool:
                return {"relay for direct", "relay for bulk"} <= world.not_ready().keys()

            await until(noticed)
            await relay.start()
            assert set((await world.settled(*mails)).values()) == {"accepted"}

            async def ready() -> bool:
                return world.not_ready() == {}

            await until(ready)
    assert said(logs) == ["relay_away", "relay_back"]
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == len(mails)


async def test_a_relay_that_goes_while_nothing_is_sent_is_missed_and_found_again(relay: ScriptedRelay) -> None:
    with capture_logs() as logs:
        async with watched(relay) as presence:

            async def there() -> bool:
                return presence.away is None

            async def missed() -> bool:
                return presence.away is not None

            await until(there)
            for _ in range(2):
                await relay.stop()
                await until(missed)
                await relay.start()
                await until(there)
    assert said(logs) == ["relay_away", "relay_back"] * 2


async def test_a_relay_that_refuses_the_greeting_is_named(relay: ScriptedRelay) -> None:
    relay.answer("GREETING", *["554 5.7.1 Not you"] * 3)
    async with watched(relay) as presence:

        async def named() -> bool:
            return "554" in (presence.away or "")

        await until(named)


async def test_nobody_looks_while_a_lane_knows(relay: ScriptedRelay) -> None:
    asked = 0

    def lane_knows() -> bool:
        nonlocal asked
        asked += 1
        return True

    async def asked_often() -> bool:
        return asked >= 3

    async with watched(relay, lane_knows):
        await until(asked_often)
    assert relay.connections == 0
