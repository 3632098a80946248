"""What the worker makes of the events of school logins linked with an account."""

import json
from collections.abc import Mapping
from typing import Any

from tests.integration.notifications.worker_world import REGISTERED_AT, SCHOOL, Person, WorkerWorld

from notifications.domain.kinds import NOTICE_LIFETIME


async def somebody_active(world: WorkerWorld) -> Person:
    """Somebody whose account is active and who has been welcomed."""
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    await world.pool.execute("DELETE FROM mail_queue")
    return ola


async def queued_params(world: WorkerWorld) -> Mapping[str, Any]:
    """What the mails in the queue are told, by kind."""
    rows = await world.pool.fetch("SELECT kind, params FROM mail_queue JOIN notices USING (mail_id, kind)")
    return {row["kind"]: json.loads(row["params"]) for row in rows}


async def test_a_linked_login_is_told_at_once_and_so_is_its_end(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear(ola.login_linked(3))
    await world.hear(ola.login_unlinked(4))
    assert await world.queued(ola) == ["login_linked", "login_unlinked"]
    contact = await world.contact(ola)
    assert (contact["version"], contact["language"]) == (4, "pl")
    rows = await world.pool.fetch("SELECT DISTINCT lane, domain, due_at, not_after FROM mail_queue")
    assert [tuple(row) for row in rows] == [
        ("security", "szkola.example", REGISTERED_AT, REGISTERED_AT + NOTICE_LIFETIME)
    ]


async def test_the_mails_know_of_what_kind_the_login_is_how_it_ends_and_who_ended_the_link(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.login_linked(3), ola.login_unlinked(4)])
    at = REGISTERED_AT.isoformat()
    login = {"login_kind": "guardian", "login_ending": "78", "school_name": SCHOOL}
    assert await queued_params(world) == {
        "login_linked": {**login, "linked_at": at},
        "login_unlinked": {**login, "unlinked_at": at, "by": "school"},
    }


async def test_each_time_that_a_login_is_linked_is_told_once(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    history = [ola.login_linked(3), ola.login_unlinked(4), ola.login_linked(5)]
    await world.hear_one_by_one(history)
    await world.forget_what_was_heard()
    await world.hear_one_by_one(history[::-1])
    assert await world.queued(ola) == ["login_linked", "login_linked", "login_unlinked"]


async def test_a_login_linked_before_the_account_is_known_waits_for_its_activation(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.login_linked(3))
    assert await world.parked() == 1
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    assert await world.parked() == 0
    assert await world.queued(ola) == ["login_linked", "welcome"]


async def test_a_deleted_account_leaves_nothing_of_its_logins_in_the_queue(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.login_linked(3), ola.deleted(4), ola.login_unlinked(5)])
    assert await world.queued(ola) == ["account_deleted"]
