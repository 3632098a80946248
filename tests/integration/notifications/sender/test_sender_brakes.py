"""The operator's brake: what fits is not sent, by no sender, until it is lifted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, arrived
from tests.waiting import until

from notifications.brakes import store as brakes
from notifications.brakes.watch import watch_brakes
from notifications.domain.answers import Reply, Stage, classify
from notifications.domain.brakes import Selection
from notifications.metrics import measure_queue
from notifications.sender.courier import FRESH_SECONDS
from notifications.sender.outcome import Attempt, answered
from notifications.sender.store import SQL, QueueStore
from shared.runtime.events import new_id

SCHOOL, DISTRICT = new_id(), new_id()
WELCOMES = Selection(kind="welcome")


async def worked_off(steps: AsyncIterator[int]) -> int:
    """How many mails the steps were about."""
    return sum([step async for step in steps])


async def pause(world: SenderWorld, selection: Selection) -> int:
    async with world.pool.acquire() as connection:
        return await worked_off(brakes.pause(connection, selection))


async def resume(world: SenderWorld, selection: Selection) -> int:
    async with world.pool.acquire() as connection:
        assert await brakes.lift(connection, selection)
        return await worked_off(brakes.release(connection))


async def cancel(world: SenderWorld, selection: Selection) -> int:
    async with world.pool.acquire() as connection:
        return await worked_off(brakes.cancel(connection, selection))


async def paused(world: SenderWorld) -> set[UUID]:
    rows = await world.pool.fetch("SELECT mail_id FROM mail_queue WHERE paused_due_at IS NOT NULL")
    return {row["mail_id"] for row in rows}


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param(WELCOMES, id="by kind"),
        pytest.param(Selection(school_id=SCHOOL), id="by school"),
        pytest.param(Selection(district_id=DISTRICT), id="by district"),
        pytest.param(Selection(lane="direct"), id="by lane"),
        pytest.param(Selection(kind="welcome", school_id=SCHOOL, district_id=DISTRICT), id="by all of it"),
        pytest.param(Selection(), id="whatever it is"),
    ],
)
async def test_what_fits_waits_also_when_it_is_queued_later_and_what_does_not_is_sent(
    world: SenderWorld, relay: ScriptedRelay, selection: Selection
) -> None:
    [before] = await world.queue("ola@szkola.example", school=SCHOOL, district=DISTRICT)
    assert await pause(world, selection) == 1
    [after] = await world.queue("jan@szkola.example", school=SCHOOL, district=DISTRICT)
    others = await world.queue("ewa@szkola.example", kind="account_exists", lane="security", school=new_id())
    async with world.sending():
        await world.settled(*others)

        async def both_wait() -> bool:
            return await paused(world) == {before, after}

        await until(both_wait)
        assert [mail.recipient for mail in relay.mails] == ["ewa@szkola.example"]
        assert await resume(world, selection) == 2
        assert set((await world.settled(before, after)).values()) == {"accepted"}
    assert [row["attempts"] for row in await world.pool.fetch("SELECT attempts FROM mail_queue")] == []


async def test_without_a_kind_or_a_lane_security_mails_go_out(world: SenderWorld) -> None:
    await pause(world, Selection(school_id=SCHOOL))
    await pause(world, Selection())
    [urgent] = await world.queue(
        "ola@szkola.example", kind="activation", lane="security", state="pending", school=SCHOOL
    )
    async with world.sending():
        assert await world.settled(urgent) == {urgent: "accepted"}


@pytest.mark.parametrize("selection", [Selection(kind="activation"), Selection(lane="security")], ids=repr)
async def test_security_mails_wait_where_they_are_named(
    world: SenderWorld, store: QueueStore, selection: Selection
) -> None:
    await pause(world, selection)
    [mail] = await world.queue("ola@szkola.example", kind="activation", lane="security", state="pending")
    assert not (await store.claim("security", 10)).mails
    assert await paused(world) == {mail}


async def test_a_mail_on_two_brakes_waits_for_both(world: SenderWorld, store: QueueStore) -> None:
    [mail] = await world.queue("ola@szkola.example", school=SCHOOL)
    await pause(world, WELCOMES)
    await pause(world, Selection(school_id=SCHOOL))
    assert await resume(world, WELCOMES) == 0
    assert await paused(world) == {mail}
    assert await resume(world, Selection(school_id=SCHOOL)) == 1
    await world.make_due(mail)
    assert len((await store.claim("direct", 10)).mails) == 1


async def test_a_mail_whose_end_comes_while_it_is_paused_expires(world: SenderWorld, relay: ScriptedRelay) -> None:
    [mail] = await world.queue("ola@szkola.example", ends=timedelta(seconds=1))
    await pause(world, WELCOMES)
    async with world.sending():
        assert await world.settled(mail) == {mail: "expired"}
    assert relay.mails == []
    assert [event["state"] for event in await world.events()] == ["expired"]


@pytest.mark.parametrize("stop", [pause, cancel])
async def test_of_what_a_sender_holds_nothing_is_sent_that_was_claimed_more_than_a_second_ago(
    world: SenderWorld, relay: ScriptedRelay, stop: Callable[[SenderWorld, Selection], Awaitable[int]]
) -> None:
    relay.delay = 0.2
    await world.queue(*addresses(100))
    async with world.sending(connections_direct=1, lease_seconds=60):
        await arrived(relay.mails, 8)
        await stop(world, WELCOMES)
        so_far = len(relay.mails)
        [last] = await world.queue("ola@szkola.example", kind="account_exists", lane="direct")
        await world.settled(last)  # behind everything that the sender held
    assert len(relay.mails) <= so_far + 1 + FRESH_SECONDS / relay.delay + 1
    assert relay.mails[-1].recipient == "ola@szkola.example"


async def test_what_was_on_the_wire_and_accepted_is_accepted(world: SenderWorld, store: QueueStore) -> None:
    [mail_id] = await world.queue("ola@szkola.example")
    [mail] = (await store.claim("direct", 10)).mails
    await pause(world, WELCOMES)
    assert not await store.still_held(mail)
    now = datetime.now(UTC)
    await store.record([answered(mail, Attempt(now, now, classify(Reply(Stage.RCPT, 451, "4.7.1 Later"))))])
    assert await paused(world) == {mail_id}
    queued = await world.queued(mail_id)
    assert queued is not None
    assert queued["attempts"] == 0
    await store.record([answered(mail, Attempt(now, now, classify(Reply(Stage.CONTENT, 250, "2.0.0 Ok"))))])
    assert [row["state"] for row in await world.mails(mail_id)] == ["accepted"]
    assert await world.queued(mail_id) is None


async def test_a_claim_that_began_before_the_brake_keeps_nothing(world: SenderWorld) -> None:
    [mail] = await world.queue("ola@szkola.example")
    async with world.pool.acquire() as connection:
        claiming = connection.transaction()
        await claiming.start()
        schools = [row["school_id"] for row in await connection.fetch(SQL["take_turns"], "direct", 32)]
        await connection.fetch(SQL["claim_mails"], "direct", schools, 10, 500, 60.0, [])
        pausing = asyncio.create_task(pause(world, WELCOMES))

        async def is_on() -> bool:
            return bool(await world.pool.fetchval("SELECT count(*) FROM mail_brakes"))

        await until(is_on)
        await claiming.commit()
    await pausing
    assert await paused(world) == {mail}


async def test_it_holds_over_two_senders_and_their_restart(world: SenderWorld, relay: ScriptedRelay) -> None:
    waiting = await world.queue(*addresses(100), lane="bulk")
    await pause(world, WELCOMES)
    for _ in range(2):
        [other] = await world.queue("ola@gmina.example", kind="account_exists", lane="bulk")
        async with world.sending(), world.sending():
            await world.settled(other)
    assert {mail.recipient for mail in relay.mails} == {"ola@gmina.example"}
    assert await paused(world) == set(waiting)
    await resume(world, WELCOMES)
    async with world.sending(), world.sending():
        assert set((await world.settled(*waiting)).values()) == {"accepted"}
    assert len(relay.mails) == 102


async def test_what_waited_becomes_due_little_by_little_and_not_before_its_time(
    world: SenderWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brakes, "RELEASED_PER_SECOND", 1)
    mails = await world.queue(*addresses(100), lane="bulk")
    [later] = await world.queue("ola@szkola.example", due=timedelta(days=2))
    [short] = await world.queue("jan@szkola.example", ends=timedelta(seconds=60))
    await pause(world, Selection())
    await resume(world, Selection())
    now = datetime.now(UTC)
    rows = await world.pool.fetch("SELECT mail_id, due_at FROM mail_queue")
    waits = {row["mail_id"]: (row["due_at"] - now).total_seconds() for row in rows}
    spread = sorted(waits[mail] for mail in mails)
    assert spread[10] < 40
    assert 60 < spread[90] <= 103
    assert waits[short] <= 30
    assert waits[later] > 2 * 86400 - 60
    turns = await world.pool.fetch("SELECT lane, next_due_at FROM queue_turns")
    assert all((row["next_due_at"] - now).total_seconds() < 20 for row in turns if row["lane"] == "bulk")


async def test_a_resume_that_was_interrupted_is_finished(world: SenderWorld, store: QueueStore) -> None:
    [mail] = await world.queue("ola@szkola.example")
    await pause(world, WELCOMES)
    async with world.pool.acquire() as connection:
        await brakes.lift(connection, WELCOMES)
        await watch_brakes(connection)
        assert await paused(world) == {mail}  # whoever took the brake off has a minute to do it
        await world.pool.execute("UPDATE mail_brakes SET lifted_at = lifted_at - interval '61 seconds'")
        await watch_brakes(connection)
    assert await paused(world) == set()
    assert await world.pool.fetchval("SELECT count(*) FROM mail_brakes") == 0
    await world.make_due(mail)
    assert len((await store.claim("direct", 10)).mails) == 1


async def test_who_walks_on_after_the_brake_was_lifted_pauses_nothing(
    world: SenderWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brakes, "CHUNK", 1)
    await world.queue(*addresses(4))
    async with world.pool.acquire() as connection:
        walk = brakes.pause(connection, WELCOMES)
        await anext(walk)
        assert len(await paused(world)) == 1
        await resume(world, WELCOMES)
        await worked_off(walk)
    assert await paused(world) == set()


async def test_what_is_paused_without_any_brake_is_made_due(world: SenderWorld) -> None:
    await world.queue(*addresses(2))
    await pause(world, WELCOMES)
    await world.pool.execute("DELETE FROM mail_brakes")
    async with world.pool.acquire() as connection:
        await watch_brakes(connection)
    assert await paused(world) == set()


async def test_a_brake_that_is_on_is_measured_and_logged(
    world: SenderWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    await world.queue(*addresses(3))
    await pause(world, WELCOMES)
    async with world.pool.acquire() as connection:
        await watch_brakes(connection)
        await measure_queue(connection)
    assert metric("dzwonek_mail_brakes") == 1
    assert metric("dzwonek_mails_paused", lane="direct") == 3
    assert metric("dzwonek_mail_queue_due", lane="direct") == 0
    assert "mails_paused_by_operator" in capsys.readouterr().out


def metric(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_cancelled_mails_are_told_of_and_keep_no_secret(world: SenderWorld, relay: ScriptedRelay) -> None:
    doomed = await world.queue(*addresses(3), kind="activation", lane="security", state="pending", school=SCHOOL)
    elsewhere = await world.queue_elsewhere("ola@dom.example", about="ola@szkola.example")
    [other] = await world.queue("jan@szkola.example")
    assert await cancel(world, Selection(kind="activation")) == 3
    assert await cancel(world, Selection(kind="email_changed")) == 1
    rows = await world.mails(*doomed, elsewhere)
    assert {(row["state"], row["reason"]) for row in rows} == {("cancelled", "operator")}
    events = await world.events()
    assert {UUID(event["mail_id"]) for event in events} == {*doomed, elsewhere}
    assert {(event["state"], event["reason"]) for event in events} == {("cancelled", "operator")}
    secrets = "SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL OR sealed_address IS NOT NULL"
    assert await world.pool.fetchval(secrets) == 0
    async with world.sending():
        assert await world.settled(other) == {other: "accepted"}
    assert [mail.recipient for mail in relay.mails] == ["jan@szkola.example"]


async def test_mails_that_are_paused_can_be_cancelled(world: SenderWorld) -> None:
    mails = await world.queue(*addresses(3), school=SCHOOL)
    await pause(world, Selection(school_id=SCHOOL))
    assert await cancel(world, Selection(school_id=SCHOOL)) == 3
    assert {row["state"] for row in await world.mails(*mails)} == {"cancelled"}
