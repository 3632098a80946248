"""What is left of a deleted account: a last mail, and after it nothing but a tombstone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.notifications.sender.scripted_relay import ScriptedRelay
from tests.integration.notifications.sender.sender_world import SenderWorld, settings_for
from tests.integration.notifications.traces import traces
from tests.integration.notifications.worker_world import Person, WorkerWorld
from tests.waiting import until

from notifications.domain.answers import Reply, Stage, classify
from notifications.retention import erasure
from notifications.retention.erasure import erase
from notifications.sender.outcome import Attempt, answered
from notifications.sender.store import ClaimLimits, QueueStore
from shared.runtime.postgres import Pool
from shared.runtime.scheduler import run_alone
from shared.terms import current_version

OLA = "Ola.Nowak@szkola.example"
NEW = "ola@dom.example"
ONLY_IDS = {"outbox"}
"""Tells the others what became of the mails; what Kafka has goes to the archive, and goes there after seven days."""


@pytest.fixture
async def relay() -> AsyncIterator[ScriptedRelay]:
    """A relay that answers well until it is told otherwise."""
    async with ScriptedRelay() as relay:
        yield relay


@pytest.fixture
def sender(url: str, world: WorkerWorld, keys: tuple[Path, Path], tmp_path: Path, relay: ScriptedRelay) -> SenderWorld:
    """A sender for what the worker queues."""
    settings = settings_for(url, tmp_path, keys[0], port=relay.port)
    return SenderWorld(url, world.pool, world.sealer, world.unsealer, settings)


async def run(pool: Pool, *, times: int = 1) -> None:
    """The job runs, as often as it is told."""
    for _ in range(times):
        async with pool.acquire() as connection:
            await erase(connection)


async def nothing_queued(world: WorkerWorld) -> bool:
    return not await world.queued()


def newcomer(world: WorkerWorld, address: str) -> Person:
    """Somebody who registers now, so that mails are due by the clock of the sender."""
    world.clock.now = datetime.now(UTC)
    return Person(world.sealer, address, registered_at=world.clock.now, terms_version=current_version())


async def a_life(world: WorkerWorld, sender: SenderWorld) -> Person:
    """Somebody who got mails, at two addresses, and then had the account deleted."""
    ola = newcomer(world, OLA)
    await world.hear_one_by_one([ola.registered(), ola.activated(), ola.signed_in()])
    async with sender.sending():
        await until(lambda: nothing_queued(world))
        await world.hear_one_by_one([ola.email_change_requested(NEW, 4), ola.email_changed(NEW, 5)])
        await until(lambda: nothing_queued(world))
    await world.hear_one_by_one([ola.reset_requested(6), ola.deletion_requested(7)])
    await world.hear(ola.deleted(8))
    return ola


async def test_deletion_makes_a_tombstone_cancels_what_is_queued_and_says_farewell(
    world: WorkerWorld, sender: SenderWorld
) -> None:
    ola = await a_life(world, sender)
    contact = await world.contact(ola)
    assert {name for name, value in contact.items() if value} == {"account_id", "version", "state", "updated_at"}
    assert (contact["state"], contact["version"]) == ("gone", 8)
    assert await world.queued() == ["account_deleted"]
    assert {mail for mail in await world.told() if mail[1] == "cancelled" and mail[2] == "account_deleted"} == {
        ("password_reset", "cancelled", "account_deleted"),
        ("account_deletion_requested", "cancelled", "account_deleted"),
    }


async def test_the_last_mail_goes_to_the_address_it_had_in_its_language(
    world: WorkerWorld, sender: SenderWorld, relay: ScriptedRelay
) -> None:
    await a_life(world, sender)
    async with sender.sending():
        await until(lambda: nothing_queued(world))
    last = relay.mails[-1]
    assert last.recipient == NEW
    assert b"X-Dzwonek-Kind: account_deleted" in last.content
    assert b"Content-Language: uk" in last.content
    assert ("account_deleted", "accepted") in await world.mails()


async def test_after_the_last_mail_no_table_holds_the_address_or_the_account_but_for_the_tombstone(
    world: WorkerWorld, sender: SenderWorld
) -> None:
    ola = await a_life(world, sender)
    assert await traces(world.pool, str(ola.account_id)) >= {"contacts", "mails", "notices", "notice_keys", "erasures"}
    async with sender.sending():
        await until(lambda: nothing_queued(world))
    await run(world.pool, times=2)
    assert await traces(world.pool, str(ola.account_id)) - ONLY_IDS == {"contacts"}
    for address in (OLA, NEW):
        assert await traces(world.pool, address) == set()
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 0


async def test_until_the_last_mail_is_settled_only_the_rest_goes(world: WorkerWorld, sender: SenderWorld) -> None:
    ola = await a_life(world, sender)
    await run(world.pool, times=3)
    assert await world.mails() == [("account_deleted", "queued")]
    assert await traces(world.pool, NEW) == set()
    assert await traces(world.pool, str(ola.account_id)) - ONLY_IDS == {
        "contacts",
        "erasures",
        "mail_queue",
        "mails",
        "notices",
        "notice_keys",
    }


async def test_what_is_suppressed_of_its_addresses_goes_too(
    world: WorkerWorld, sender: SenderWorld, relay: ScriptedRelay
) -> None:
    ola, jan = newcomer(world, OLA), newcomer(world, "jan@example.org")
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    await world.pool.execute(
        "INSERT INTO suppressions (address, reason, created_at) VALUES ($1, 'no_mailbox', now()), ($2, 'x', now())",
        OLA.lower(),
        jan.address,
    )
    relay.script["RCPT"].append("550 5.1.1 No such user")
    await world.hear(ola.email_change_requested(NEW))
    async with sender.sending():
        await until(lambda: world.pool.fetchval("SELECT count(*) = 3 FROM suppressions"))
    await world.hear(ola.deleted())
    async with sender.sending():
        await until(lambda: settled_farewell(world))
    await run(world.pool, times=2)
    assert [row["address"] for row in await world.pool.fetch("SELECT address FROM suppressions")] == [jan.address]


async def settled_farewell(world: WorkerWorld) -> bool:
    return "account_deleted" not in await world.queued()


async def test_an_account_is_struck_off_only_when_a_run_finds_nothing_of_it(
    world: WorkerWorld, sender: SenderWorld
) -> None:
    await a_life(world, sender)
    async with sender.sending():
        await until(lambda: nothing_queued(world))
    await run(world.pool)
    assert await world.pool.fetchval("SELECT count(*) FROM erasures") == 1
    await run(world.pool)
    assert await world.pool.fetchval("SELECT count(*) FROM erasures") == 0


async def test_a_refusal_recorded_after_the_erasure_leaves_no_address(world: WorkerWorld, sender: SenderWorld) -> None:
    ola = newcomer(world, OLA)
    await world.hear(ola.registered())
    store = QueueStore(world.pool, ClaimLimits(32, 500, 60), world.unsealer, relay="relay.example:25")
    [held] = (await store.claim("security", 10)).mails
    await world.hear(ola.deleted())
    await run(world.pool)
    now = datetime.now(UTC)
    await store.record([answered(held, Attempt(now, now, classify(Reply(Stage.RCPT, 550, "5.1.1 No such user"))))])
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 1
    assert await traces(world.pool, OLA) == set()


async def test_others_keep_everything(world: WorkerWorld, sender: SenderWorld) -> None:
    jan = newcomer(world, "jan@example.org")
    await world.hear(jan.registered(), jan.activated())
    await a_life(world, sender)
    await run(world.pool, times=2)
    assert sorted(kind for kind, _ in await world.mails(jan)) == ["activation", "activation_reminder", "welcome"]
    assert await world.pool.fetchval("SELECT count(*) FROM attempts") == 1
    assert (await world.contact(jan))["address"] == jan.address


async def test_only_the_days_of_its_mails_are_looked_at_when_they_are_deleted(world: WorkerWorld) -> None:
    today = datetime.now(UTC).date()
    for table in ("mails", "notices", "attempts"):
        for ago in range(6):
            day = today - timedelta(days=ago)
            await world.pool.execute(
                f"CREATE TABLE {table}_day_{ago} PARTITION OF {table}"
                f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
            )
    days = [today, today - timedelta(days=1)]
    async with world.pool.acquire() as connection:
        explain = f"EXPLAIN (ANALYZE, COSTS OFF) {erasure.SQL['erase_mails']}"
        plan = await connection.fetch(explain, [], [today], days)
    touched = {f"{table}_day_{ago}" for row in plan for table in ("mails", "notices", "attempts") for ago in range(6)
               if f"on {table}_day_{ago}" in row[0]}  # fmt: skip
    assert touched <= {"mails_day_0", "notices_day_0", "attempts_day_0", "attempts_day_1"}


async def test_many_accounts_go_in_chunks(world: WorkerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "CHUNK", 3)
    people = [world.person(f"person{number}@example.org") for number in range(10)]
    await world.hear(*[person.registered() for person in people])
    await world.hear(*[person.deleted() for person in people])
    await world.pool.execute("DELETE FROM mail_queue")
    await world.pool.execute("UPDATE mails SET state = 'expired', settled_at = now() WHERE state = 'queued'")
    [job] = erasure.jobs()
    for _ in range(2):
        assert await run_alone(world.pool, job)
    assert await world.mails() == []
    assert await world.pool.fetchval("SELECT count(*) FROM erasures") == 0


async def test_two_workers_at_one_deletion_say_farewell_once(world: WorkerWorld) -> None:
    ola = world.person(OLA)
    await world.hear(ola.registered())
    await asyncio.gather(*[world.hear(ola.deleted()) for _ in range(3)])
    assert await world.queued() == ["account_deleted"]
