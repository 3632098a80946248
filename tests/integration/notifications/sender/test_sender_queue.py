"""How senders share the queue: by turns, by lanes, each mail once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, addresses, arrived, somebody_waits
from tests.waiting import until

from notifications.domain.answers import Reply, Stage, classify
from notifications.sender.outcome import Attempt, answered
from notifications.sender.store import ClaimLimits, QueueStore
from shared.runtime.events import new_id


async def test_two_senders_share_the_queue_and_send_no_mail_twice(world: SenderWorld, relay: ScriptedRelay) -> None:
    mails = await world.queue(*addresses(1200), lane="bulk")
    async with world.sending(claim_size=50), world.sending(claim_size=50):
        states = await world.settled(*mails, seconds=40)
    assert Counter(states.values()) == {"accepted": 1200}
    assert Counter(mail.recipient for mail in relay.mails) == Counter(addresses(1200))
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 1200
    assert await world.pool.fetchval("SELECT count(*) FROM mail_queue") == 0


async def test_a_lease_that_ended_is_taken_over_and_its_old_holder_settles_nothing(
    world: SenderWorld, store: QueueStore
) -> None:
    [mail] = await world.queue("ola@szkola.example")
    [first] = (await store.claim("direct", 10)).mails
    assert not (await store.claim("direct", 10)).mails
    await world.make_due(mail)
    [second] = (await store.claim("direct", 10)).mails
    assert second.attempt_token != first.attempt_token
    assert (first.attempts, second.attempts) == (1, 2)
    assert await store.still_held(second)
    assert not await store.still_held(first)

    now = datetime.now(UTC)
    refused = classify(Reply(Stage.RCPT, 550, "5.2.1 Disabled"))
    await store.record([answered(first, Attempt(now, now, refused))])
    assert [row["state"] for row in await world.mails(mail)] == ["queued"]
    taken = classify(Reply(Stage.CONTENT, 250, "2.0.0 Ok"))
    await store.record([answered(first, Attempt(now, now, taken))])
    assert [row["state"] for row in await world.mails(mail)] == ["accepted"]
    await store.record([answered(second, Attempt(now, now, refused))])
    assert [row["state"] for row in await world.mails(mail)] == ["accepted"]
    assert [event["state"] for event in await world.events()] == ["accepted"]


async def test_what_is_recorded_twice_counts_once(world: SenderWorld, store: QueueStore) -> None:
    await world.queue("ola@szkola.example")
    [mail] = (await store.claim("direct", 10)).mails
    now = datetime.now(UTC)
    outcome = answered(mail, Attempt(now, now, classify(Reply(Stage.CONTENT, 250, "2.0.0 Ok"))))
    await store.record([outcome])
    await store.record([outcome])
    assert len(await world.tried(mail.mail_id)) == 1
    assert len(await world.events()) == 1


async def test_a_school_with_thousands_due_does_not_delay_another(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.delay = 0.01
    flood = await world.queue(*addresses(3000), lane="bulk", school=new_id())
    async with world.sending():
        await arrived(relay.mails, 100)
        [other] = await world.queue("ola@mala.example", lane="bulk", school=new_id())
        assert await world.settled(other, seconds=5) == {other: "accepted"}
        left = await world.pool.fetchval("SELECT count(*) FROM mail_queue WHERE mail_id = ANY ($1)", flood)
        assert left > 1000


async def test_a_claim_is_shared_by_the_schools_that_have_waited_longest(world: SenderWorld, store: QueueStore) -> None:
    schools = [new_id() for _ in range(4)]
    for school in schools:
        await world.queue(*addresses(40, f"{school}.example"), school=school)
    claim = await store.claim("direct", 20)
    assert Counter(mail.school_id for mail in claim.mails) == Counter(dict.fromkeys(schools, 5))
    two_at_a_time = QueueStore(world.pool, ClaimLimits(2, 500, 60), world.unsealer, relay="relay.example:25")
    turns = [{mail.school_id for mail in (await two_at_a_time.claim("direct", 4)).mails} for _ in range(4)]
    assert turns[0] == turns[2]
    assert turns[1] == turns[3]
    assert turns[0] | turns[1] == set(schools)


async def test_a_bulk_backlog_does_not_delay_security(world: SenderWorld, relay: ScriptedRelay) -> None:
    relay.delay = 0.02
    await world.queue(*addresses(2000), lane="bulk")
    async with world.sending():
        await arrived(relay.mails, 50)
        [urgent] = await world.queue("ola@szkola.example", lane="security", kind="activation", state="pending")
        assert await world.settled(urgent, seconds=3) == {urgent: "accepted"}
        assert await world.pool.fetchval("SELECT count(*) FROM mail_queue WHERE lane = 'bulk'") > 1000


async def test_no_more_than_the_cap_is_in_flight_to_a_domain(world: SenderWorld, store: QueueStore) -> None:
    capped = QueueStore(world.pool, ClaimLimits(32, 3, 60), world.unsealer, relay="relay.example:25")
    await world.queue(*addresses(10))
    await world.queue(*addresses(2, "gmina.example"))
    claim = await capped.claim("direct", 50)
    assert Counter(mail.domain for mail in claim.mails) == {"szkola.example": 3, "gmina.example": 2}
    assert claim.put_off == 7
    waits = await world.pool.fetch(
        "SELECT extract(epoch FROM due_at - now()) AS wait FROM mail_queue WHERE attempt_token IS NULL"
    )
    assert all(0.5 < row["wait"] < 6 for row in waits)
    await world.pool.execute("UPDATE mail_queue SET due_at = now() WHERE attempt_token IS NULL")
    await world.pool.execute("UPDATE queue_turns SET next_due_at = now()")
    assert not (await capped.claim("direct", 50)).mails
    now = datetime.now(UTC)
    taken = classify(Reply(Stage.CONTENT, 250, "2.0.0 Ok"))
    await capped.record([answered(mail, Attempt(now, now, taken)) for mail in claim.mails])
    await world.pool.execute("UPDATE mail_queue SET due_at = now()")
    await world.pool.execute("UPDATE queue_turns SET next_due_at = now()")
    assert len((await capped.claim("direct", 50)).mails) == 3


async def test_mails_for_a_paused_domain_wait_but_not_past_their_end(world: SenderWorld, store: QueueStore) -> None:
    await world.pool.execute(
        "INSERT INTO domain_states (domain, paused_until, pause_seconds, allowance, changed_at)"
        " VALUES ('szkola.example', now() + interval '10 minutes', 600, 1, now())"
    )
    [patient] = await world.queue("ola@szkola.example")
    [short] = await world.queue("jan@szkola.example", ends=timedelta(minutes=1))
    [ended] = await world.queue("ewa@szkola.example", ends=timedelta(seconds=-1))
    claim = await store.claim("direct", 10)
    assert [mail.mail_id for mail in claim.mails] == [ended]
    assert claim.put_off == 2
    for mail, minutes in ((patient, 10.0), (short, 1.0)):
        queued = await world.queued(mail)
        assert queued is not None
        assert minutes * 60 - 5 < (queued["due_at"] - datetime.now(UTC)).total_seconds() < minutes * 60 + 11


async def test_a_school_that_is_being_queued_for_without_a_pause_is_claimed_all_the_same(
    world: SenderWorld, store: QueueStore
) -> None:
    await world.queue("ola@szkola.example")
    async with world.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("UPDATE queue_turns SET next_due_at = next_due_at")
        claiming = asyncio.create_task(store.claim("direct", 10))
        await until(lambda: somebody_waits(world.pool))
        await transaction.rollback()
    assert len((await claiming).mails) == 1


async def test_a_mail_queued_while_a_claim_ends_its_turn_is_not_forgotten(
    world: SenderWorld, store: QueueStore
) -> None:
    await world.queue("ola@szkola.example")
    for number in range(20):
        await asyncio.gather(store.claim("direct", 10), world.queue(f"jan{number}@szkola.example"))
    turn = await world.pool.fetchval("SELECT next_due_at FROM queue_turns")
    oldest = await world.pool.fetchval("SELECT min(due_at) FROM mail_queue")
    assert turn <= oldest
    while (await store.claim("direct", 10)).mails:
        pass
    assert await world.pool.fetchval("SELECT count(*) FROM mail_queue WHERE attempt_token IS NULL") == 0
