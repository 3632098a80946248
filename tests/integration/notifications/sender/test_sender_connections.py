"""Connections to the relay: kept, limited, lost, found again, ended."""

import time
from collections import Counter

from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, arrived
from tests.waiting import until

A_LOOK = 1
"""The connection by which the sender looks for the relay when it starts."""


async def test_connections_are_kept_and_closed_when_idle(world: SenderWorld, relay: ScriptedRelay) -> None:
    mails = await world.queue(*addresses(100))
    async with world.sending(connection_idle_seconds=0.5):
        await world.settled(*mails)
        assert relay.connections <= 4 + A_LOOK

        async def said_goodbye() -> bool:
            return relay.commands.count("QUIT") == relay.connections

        await until(said_goodbye)


async def test_a_connection_carries_so_many_mails_and_no_more(world: SenderWorld, relay: ScriptedRelay) -> None:
    mails = await world.queue(*addresses(40))
    async with world.sending(mails_per_connection=10, connections_direct=1):
        await world.settled(*mails)
    assert Counter(Counter(mail.connection for mail in relay.mails).values()) == {10: 4}


async def test_a_relay_that_grants_fewer_connections_is_not_away(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.most_connections = 2
    relay.delay = 0.01
    mails = await world.queue(*addresses(300), lane="bulk")
    began = time.monotonic()
    async with world.sending(connections_bulk=8):
        assert set((await world.settled(*mails)).values()) == {"accepted"}
    # All eight ask at the start, and again when the first is refused before another is open; then one asks a second.
    assert relay.connections <= 2 * 8 + A_LOOK + 4 + (time.monotonic() - began)
    assert len(relay.mails) == 300
    assert (
        await world.pool.fetchval(
            "SELECT max(attempts) FROM (SELECT count(*) AS attempts FROM attempts GROUP BY mail_id) AS mail"
        )
        == 1
    )


async def test_a_kept_connection_that_the_relay_closes_costs_nothing(world: SenderWorld, relay: ScriptedRelay) -> None:
    [first] = await world.queue("ola@szkola.example")
    async with world.sending(connections_direct=1):
        await world.settled(first)
        relay.answer("MAIL", "421 4.3.2 Closing")
        [second] = await world.queue("jan@szkola.example")
        assert await world.settled(second) == {second: "accepted"}
    assert relay.connections == 2 + A_LOOK
    assert await world.domain("szkola.example") is None
    assert [attempt["result"] for attempt in await world.tried(second)] == ["accepted"]


async def test_a_relay_that_is_away_uses_up_no_attempt_and_mails_go_when_it_is_back(
    world: SenderWorld, relay: ScriptedRelay
) -> None:
    await relay.stop()
    mails = await world.queue(*addresses(50))
    async with world.sending():

        async def noticed() -> bool:
            return "relay for direct" in world.not_ready()

        await until(noticed)

        async def given_back() -> bool:
            return not await world.pool.fetchval("SELECT count(*) FROM mail_queue WHERE attempt_token IS NOT NULL")

        await until(given_back)
        await relay.start()
        assert set((await world.settled(*mails, seconds=10)).values()) == {"accepted"}
        assert world.not_ready() == {}
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 50
    assert Counter(mail.recipient for mail in relay.mails) == Counter(addresses(50))


async def test_stopping_under_load_loses_nothing_and_repeats_nothing(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.delay = 0.01
    mails = await world.queue(*addresses(1500), lane="bulk")
    async with world.sending():
        await arrived(relay.mails, 200)
    stopped_at = len(relay.mails)
    states = Counter(row["state"] for row in await world.mails(*mails))
    assert states == {"accepted": stopped_at, "queued": 1500 - stopped_at}
    held = await world.pool.fetch("SELECT * FROM mail_queue WHERE attempt_token IS NOT NULL OR attempts > 0")
    assert held == []
    assert relay.commands.count("QUIT") == relay.connections
    relay.delay = 0
    async with world.sending():
        await world.settled(*mails, seconds=40)
    assert Counter(mail.recipient for mail in relay.mails) == Counter(addresses(1500))
