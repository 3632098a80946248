"""Mails that go to an address of their own, not to the contact they are about."""

import pytest
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld
from tests.integration.notifications.traces import traces
from tests.waiting import until

from notifications.sender.store import QueueStore

OLA = "ola@szkola.example"
OLD = "Ola@Dawna.example"


async def test_the_mail_goes_to_its_own_address_which_is_wiped_then(world: SenderWorld, relay: ScriptedRelay) -> None:
    mail = await world.queue_elsewhere(OLD, about=OLA)
    async with world.sending():
        assert await world.settled(mail) == {mail: "accepted"}
    [received] = relay.mails
    assert received.recipient == OLD
    assert f"To: <{OLD}>".encode() in received.content
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_address IS NOT NULL") == 0
    assert await traces(world.pool, OLD) == set()


async def test_a_suppressed_address_of_its_own_gets_nothing(world: SenderWorld, relay: ScriptedRelay) -> None:
    await world.pool.execute(
        "INSERT INTO suppressions (address, reason, created_at) VALUES ($1, 'no_mailbox', now())", OLD.lower()
    )
    mail = await world.queue_elsewhere(OLD, about=OLA)
    async with world.sending():
        assert await world.settled(mail) == {mail: "refused"}
    [row] = await world.mails(mail)
    assert (row["reason"], relay.mails) == ("suppressed", [])


async def test_a_suppressed_contact_keeps_no_mail_from_another_address(
    world: SenderWorld, relay: ScriptedRelay
) -> None:
    await world.pool.execute(
        "INSERT INTO suppressions (address, reason, created_at) VALUES ($1, 'no_mailbox', now())", OLA
    )
    mail = await world.queue_elsewhere(OLD, about=OLA, kind="email_change_requested")
    async with world.sending():
        await world.settled(mail)
    assert [received.recipient for received in relay.mails] == [OLD]


async def test_an_unknown_mailbox_suppresses_the_address_that_was_written_to(
    world: SenderWorld, relay: ScriptedRelay
) -> None:
    relay.script["RCPT"].append("550 5.1.1 No such user")
    mail = await world.queue_elsewhere(OLD, about=OLA)
    async with world.sending():
        assert await world.settled(mail) == {mail: "refused"}
    [row] = await world.mails(mail)
    [suppression] = await world.pool.fetch("SELECT * FROM suppressions")
    assert (suppression["address"], suppression["account_id"]) == (OLD.lower(), row["account_id"])
    assert await traces(world.pool, OLD) == {"suppressions"}


async def test_a_mail_whose_address_no_key_opens_is_kept(world: SenderWorld, relay: ScriptedRelay) -> None:
    mail = await world.queue_elsewhere(OLD, about=OLA)
    await world.pool.execute("UPDATE notices SET sealed_address = 'e30.e30.e30.e30.e30'")

    async def is_put_off() -> bool:
        row = await world.queued(mail)
        assert row is not None
        return row["attempts"] == 1 and row["attempt_token"] is None

    async with world.sending():
        await until(is_put_off)
    assert relay.mails == []


@pytest.mark.parametrize("count", [1, 40])
async def test_a_claim_mixes_both_and_addresses_each(store: QueueStore, world: SenderWorld, count: int) -> None:
    await world.queue(*[f"parent{n}@szkola.example" for n in range(count)], kind="welcome", lane="security")
    await world.queue_elsewhere(OLD, about=OLA)
    claimed = (await store.claim("security", 100)).mails
    assert sorted(mail.address for mail in claimed) == sorted(
        [OLD, *[f"parent{n}@szkola.example" for n in range(count)]]
    )
