"""Repeats, other orders, two workers at once: the same contact, and no mail twice."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from tests.integration.notifications.worker_world import Person, WorkerWorld
from tests.waiting import until


async def test_an_event_that_comes_again_has_no_effect(world: WorkerWorld) -> None:
    event = world.person().registered()
    await world.hear(event)
    await world.hear(event, event)
    assert len(await world.mails()) == 2


async def test_a_replay_after_the_inbox_has_forgotten_mails_nothing_again(world: WorkerWorld) -> None:
    ola = world.person()
    history = [ola.registered(), ola.requested(), ola.activated(3), ola.attempted(3)]
    await world.hear_one_by_one(history)
    before = await world.mails()
    await world.forget_what_was_heard()
    world.clock.now += timedelta(days=1)
    await world.hear(*history)
    assert await world.mails() == before


async def test_a_replay_mails_nothing_again_even_if_the_contacts_are_built_anew(world: WorkerWorld) -> None:
    ola = world.person()
    history = [ola.registered(), ola.activated()]
    await world.hear_one_by_one(history)
    await world.forget_what_was_heard()
    await world.pool.execute("DELETE FROM contacts")
    await world.hear_one_by_one(history)
    assert (await world.contact(ola))["state"] == "active"
    assert len(await world.mails()) == 3


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_any_order_ends_in_the_same_contact_and_queue(world: WorkerWorld, order: tuple[int, ...]) -> None:
    ola = world.person()
    history = [ola.registered(), ola.requested(), ola.activated(3), ola.attempted(3)]
    await world.hear_one_by_one([history[place] for place in order])
    contact = await world.contact(ola)
    assert (contact["state"], contact["version"], contact["language"]) == ("active", 3, "uk")
    assert await world.queued(ola) == ["account_exists", "welcome"]
    assert await world.parked() == 0


async def test_what_overtakes_the_registration_waits_for_it(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.activated(), ola.attempted())
    assert await world.parked() == 2
    assert await world.mails() == []
    await world.hear(ola.registered())
    assert await world.parked() == 0
    assert await world.queued(ola) == ["account_exists", "welcome"]


async def test_an_attempt_that_overtakes_the_activation_waits_for_it(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.attempted()])
    assert (await world.parked(), await world.queued(ola)) == (1, ["activation", "activation_reminder"])
    await world.hear(ola.activated())
    assert (await world.parked(), await world.queued(ola)) == (0, ["account_exists", "welcome"])


async def test_a_registration_after_its_expiry_mails_nobody(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.expired(), ola.registered(), ola.requested()])
    assert (await world.contact(ola))["address"] is None
    assert await world.mails() == []


async def test_what_waited_for_an_account_that_expired_is_let_go(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.requested(), ola.expired(3)])
    assert await world.parked() == 0
    assert await world.mails() == []


async def test_a_gone_account_never_comes_back(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.expired(), ola.registered(version=9), ola.activated(10)])
    assert (await world.contact(ola))["state"] == "gone"
    assert await world.queued() == []


async def test_two_workers_at_one_registration_make_one_contact_and_one_pair_of_mails(world: WorkerWorld) -> None:
    people = [world.person(f"person{n}@example.org") for n in range(20)]

    async def hear(others: list[Person]) -> None:
        await world.hear(*[person.registered() for person in others])  # events of their own, so no inbox helps

    await asyncio.gather(hear(people), hear(people[::-1]))
    assert len(await world.mails()) == 40
    assert await world.pool.fetchval("SELECT count(*) FROM notice_keys") == 40


async def test_an_expiry_that_wins_over_its_registration_in_another_worker_mails_nobody(world: WorkerWorld) -> None:
    """The registration was decided on before the tombstone was written: the version guard drops what followed."""
    ola = world.person()
    async with world.pool.acquire() as other, other.transaction():
        await other.execute(
            "INSERT INTO contacts (account_id, version, state, updated_at) VALUES ($1, 2, 'gone', now())",
            ola.account_id,
        )
        hearing = asyncio.ensure_future(world.hear(ola.registered()))
        await until(lambda: _someone_waits_for_a_lock(world))
    await hearing
    assert await world.mails() == []
    assert (await world.contact(ola))["state"] == "gone"


async def _someone_waits_for_a_lock(world: WorkerWorld) -> int:
    waiting: int = await world.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return waiting
