"""One domain that falls silent, is slow or breaks off does not slow the mails to others."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, settings_for
from tests.waiting import until

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

BAD, GOOD = "milczy.example", "szkola.example"
A_MOMENT = 6
"""Seconds. Silence and slowness last much longer."""

SILENT = {"action": "silence", "stage": "rcpt", "match": BAD}
SLOW = {"action": "delay", "stage": "final", "match": BAD, "seconds": 10}
BREAKS_OFF = {"action": "reset", "stage": "rcpt", "match": BAD}


@pytest.fixture
def world(url: str, pool: Pool, keys: tuple[Path, Path], tmp_path: Path, inbox_server: Mailbox) -> SenderWorld:
    """A sender that waits long for an answer."""
    patient = {"smtp_envelope_seconds": 20, "smtp_content_seconds": 20, "lease_seconds": 60}
    settings = settings_for(url, tmp_path, keys[0], port=inbox_server.smtp_port)
    return SenderWorld(url, pool, Sealer(keys[1]), Unsealer(keys[0]), {**settings, **patient})


async def queue(world: SenderWorld, count: int, domain: str) -> list[UUID]:
    """So many activation mails, to people who are new."""
    return await world.queue(*addresses(count, domain), kind="activation", lane="security", state="pending")


async def are_accepted_soon(world: SenderWorld, mails: Sequence[UUID]) -> None:
    assert set((await world.settled(*mails, seconds=A_MOMENT)).values()) == {"accepted"}


async def in_hand(world: SenderWorld) -> int:
    """How many mails to the bad domain a sender has."""
    return int(
        await world.pool.fetchval(
            "SELECT count(*) FROM mail_queue WHERE domain = $1 AND attempt_token IS NOT NULL AND due_at > now()", BAD
        )
    )


async def is_paused(world: SenderWorld) -> None:
    """Returns when the bad domain is paused."""

    async def paused() -> bool:
        state = await world.domain(BAD)
        return state is not None and state["paused_until"] is not None

    await until(paused)


@pytest.mark.parametrize(("connections", "backlog"), [(2, 4), (4, 200)])
async def test_mails_to_a_silent_domain_hold_up_no_other(
    world: SenderWorld, inbox: InboxClient, connections: int, backlog: int
) -> None:
    await inbox.behave([SILENT])
    await queue(world, backlog, BAD)
    good = await queue(world, 1, GOOD)
    async with world.sending(connections_security=connections):
        await are_accepted_soon(world, good)
        await are_accepted_soon(world, await queue(world, 10, GOOD))
        await is_left_with_one(world)


async def is_left_with_one(world: SenderWorld) -> None:
    """Returns when one mail to the bad domain is on its way and the others wait in the queue."""

    async def one() -> bool:
        return await in_hand(world) == 1

    await until(one)


async def test_the_next_tries_of_mails_to_a_silent_domain_hold_up_no_other(
    world: SenderWorld, inbox: InboxClient
) -> None:
    await inbox.behave([SILENT])
    silent = await queue(world, 8, BAD)
    async with world.sending(smtp_envelope_seconds=1):
        await is_paused(world)
    async with world.sending():
        await world.end_pause(BAD)
        await world.make_due(*silent)
        await is_left_with_one(world)
        await are_accepted_soon(world, await queue(world, 1, GOOD))
        await is_left_with_one(world)


async def test_mails_to_a_domain_that_becomes_slow_hold_up_no_other(world: SenderWorld, inbox: InboxClient) -> None:
    async with world.sending():
        await are_accepted_soon(world, await queue(world, 1, BAD))
        await inbox.behave([SLOW])
        await queue(world, 40, BAD)

        async def begun() -> bool:
            return await in_hand(world) > 0

        await until(begun)
        await are_accepted_soon(world, await queue(world, 10, GOOD))


async def test_a_domain_that_breaks_off_is_paused_after_five_and_holds_up_no_other(
    world: SenderWorld, inbox: InboxClient
) -> None:
    await inbox.behave([BREAKS_OFF])
    await queue(world, 8, BAD)
    good = await queue(world, 1, GOOD)
    async with world.sending():
        await are_accepted_soon(world, good)
        await is_paused(world)


async def test_a_silent_domain_that_speaks_again_gets_all_its_mails(world: SenderWorld, inbox: InboxClient) -> None:
    await inbox.behave([SILENT])
    mails = await queue(world, 8, BAD)
    async with world.sending(smtp_envelope_seconds=1):
        await is_paused(world)
        await inbox.behave([])
        await world.end_pause(BAD)
        await world.make_due(*mails)
        assert set((await world.settled(*mails)).values()) == {"accepted"}
    assert len(await inbox.mails()) == len(mails)
