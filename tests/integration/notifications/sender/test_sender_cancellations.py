"""Mails that are cancelled while a sender holds them."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, somebody_waits
from tests.waiting import until

from notifications.domain.answers import Reply, Stage, classify
from notifications.sender.outcome import Attempt, answered
from notifications.sender.store import QueueStore
from notifications.store import cancel_mails


async def test_a_mail_cancelled_in_flight_but_accepted_is_accepted(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.delay = 0.7
    [mail] = await world.queue("ola@szkola.example", kind="activation", lane="security", state="pending")
    async with world.sending():

        async def content_is_out() -> bool:
            return "DATA" in relay.commands

        await until(content_is_out)
        await cancelled(world, mail)
        assert [row["state"] for row in await world.mails(mail)] == ["cancelled"]

        async def truth() -> bool:
            return [row["state"] for row in await world.mails(mail)] == ["accepted"]

        await until(truth)
    assert [(event["state"], event["version"]) for event in await world.events()] == [("accepted", 2)]


async def test_a_mail_cancelled_before_it_was_begun_is_not_sent(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.delay = 0.6
    mails = await world.queue(*addresses(4), lane="security", kind="activation", state="pending")
    async with world.sending(connections_security=1):

        async def first_is_out() -> bool:
            return "DATA" in relay.commands

        await until(first_is_out)
        last = await world.pool.fetchval("SELECT mail_id FROM mail_queue ORDER BY due_at DESC, mail_id DESC LIMIT 1")
        await cancelled(world, last)
        await world.settled(*mails)
    assert len(relay.mails) == 3


async def test_an_acceptance_overrules_a_cancellation_that_comes_at_the_same_moment(
    world: SenderWorld, store: QueueStore
) -> None:
    await world.queue("ola@szkola.example")
    [mail] = (await store.claim("direct", 10)).mails
    async with world.pool.acquire() as connection:
        cancelling = connection.transaction()
        await cancelling.start()
        await cancel_mails(connection, [(mail.account_id, mail.kind)], "superseded", datetime.now(UTC))
        now = datetime.now(UTC)
        taken = answered(mail, Attempt(now, now, classify(Reply(Stage.CONTENT, 250, "2.0.0 Ok"))))
        recording = asyncio.create_task(store.record([taken]))
        await until(lambda: somebody_waits(world.pool))
        await cancelling.commit()
    await recording
    assert [row["state"] for row in await world.mails(mail.mail_id)] == ["accepted"]
    assert [event["state"] for event in await world.events()] == ["accepted"]


async def test_a_refusal_leaves_a_cancellation_that_comes_at_the_same_moment(
    world: SenderWorld, store: QueueStore
) -> None:
    await world.queue("ola@szkola.example")
    [mail] = (await store.claim("direct", 10)).mails
    async with world.pool.acquire() as connection:
        cancelling = connection.transaction()
        await cancelling.start()
        await cancel_mails(connection, [(mail.account_id, mail.kind)], "superseded", datetime.now(UTC))
        now = datetime.now(UTC)
        refused = answered(mail, Attempt(now, now, classify(Reply(Stage.RCPT, 550, "5.2.1 Disabled"))))
        recording = asyncio.create_task(store.record([refused]))
        await until(lambda: somebody_waits(world.pool))
        await cancelling.commit()
    await recording
    assert [row["state"] for row in await world.mails(mail.mail_id)] == ["cancelled"]
    assert await world.events() == []


async def cancelled(world: SenderWorld, mail: UUID) -> None:
    [row] = await world.mails(mail)
    async with world.pool.acquire() as connection, connection.transaction():
        asked = [(row["account_id"], row["kind"])]
        assert await cancel_mails(connection, asked, "superseded", datetime.now(UTC))
