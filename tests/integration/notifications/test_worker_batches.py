"""A batch costs the same handful of statements whatever its size."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.integration.notifications.worker_world import Person, WorkerWorld

from shared.contracts.envelope import Event
from shared.runtime.consumer import Handlers

AT_MOST = 7
EVENTS: dict[str, Callable[[Person], Event[Any]]] = {
    "registered": lambda person: person.registered(),
    "activation_requested": lambda person: person.requested(),
    "activated": lambda person: person.activated(),
    "registration_expired": lambda person: person.expired(),
    "registration_attempted": lambda person: person.attempted(),
    "signed_in_from_new_device": lambda person: person.signed_in(),
    "password_reset_requested": lambda person: person.reset_requested(),
    "password_changed": lambda person: person.password_changed(),
    "second_factor_changed": lambda person: person.second_factor_changed(),
    "second_factor_guessed": lambda person: person.second_factor_guessed(),
    "email_change_requested": lambda person: person.email_change_requested(f"new.{person.address}"),
    "email_changed": lambda person: person.email_changed(f"new.{person.address}"),
    "login_linked": lambda person: person.login_linked(),
    "login_unlinked": lambda person: person.login_unlinked(),
    "account_deletion_requested": lambda person: person.deletion_requested(),
    "account_deletion_cancelled": lambda person: person.deletion_cancelled(),
    "account_deleted": lambda person: person.deleted(),
}
BEFORE_ACTIVATION = {"registered", "activation_requested", "activated", "registration_expired"}


@pytest.mark.parametrize("name", EVENTS)
async def test_five_hundred_events_cost_as_many_statements_as_one(
    world: WorkerWorld, handlers: Handlers, name: str
) -> None:
    first, one, *many = [world.person(f"person{n}@example.org") for n in range(502)]
    if name != "registered":
        await world.hear(*[person.registered() for person in (first, one, *many)])
    if name not in BEFORE_ACTIVATION:
        await world.hear(*[person.activated() for person in (first, one, *many)])
    handle = handlers.by_type[EVENTS[name](first).type]

    async with world.pool.acquire() as connection:

        async def statements(people: Sequence[Person]) -> list[str]:
            events = [EVENTS[name](person) for person in people]
            seen: list[str] = []
            with connection.query_logger(lambda logged: seen.append(logged.query)):
                await handle(connection, events)
                await asyncio.sleep(0)  # the logger is called in the loop's next round
            return seen

        await statements([first])  # asyncpg looks up the types of a connection's parameters once
        alone = await statements([one])
        assert await statements(many) == alone
    assert 0 < len(alone) <= AT_MOST


async def test_a_batch_of_five_hundred_registrations_makes_a_thousand_mails(world: WorkerWorld) -> None:
    people = [world.person(f"person{n}@example.org") for n in range(500)]
    await world.hear(*[person.registered() for person in people])
    assert await world.pool.fetchval("SELECT count(*) FROM contacts") == 500
    assert await world.pool.fetchval("SELECT count(*) FROM mails JOIN notices USING (mail_id, created_on)") == 1000
    assert await world.pool.fetchval("SELECT count(*) FROM mail_queue") == 1000
    assert await world.pool.fetchval("SELECT count(*) FROM queue_turns") == 1
