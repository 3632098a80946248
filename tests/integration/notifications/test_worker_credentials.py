"""What the worker makes of the events of sign-in, the password and the second factor."""

import json
from datetime import timedelta

from tests.integration.notifications.worker_world import REGISTERED_AT, Person, WorkerWorld


async def somebody_active(world: WorkerWorld) -> Person:
    """Somebody whose account is active and who has been welcomed."""
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    await world.pool.execute("DELETE FROM mail_queue")
    return ola


async def test_a_sign_in_and_a_second_factor_are_told_at_once(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear(ola.signed_in(3), ola.second_factor_changed(4))
    assert await world.queued(ola) == ["new_sign_in", "second_factor_changed"]
    assert (await world.contact(ola))["version"] == 4
    params = await world.pool.fetchval("SELECT params FROM notices WHERE kind = 'new_sign_in'")
    assert json.loads(params) == {"signed_in_at": "2025-03-01T08:00:00+00:00", "browser": "Firefox"}


async def test_guesses_at_the_code_are_told_at_once(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear(ola.second_factor_guessed())
    assert await world.queued(ola) == ["codes_guessed"]


async def test_the_mails_know_who_switched_a_code_off_and_what_kept_the_account(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.second_factor_changed(3, enabled=False), ola.deletion_cancelled(4)])
    rows = await world.pool.fetch("SELECT kind, params FROM notices WHERE mail_id IN (SELECT mail_id FROM mail_queue)")
    at = REGISTERED_AT.isoformat()
    assert {row["kind"]: json.loads(row["params"]) for row in rows} == {
        "second_factor_changed": {"enabled": False, "by_operator": True, "changed_at": at},
        "account_kept": {"by_reset": True, "cancelled_at": at},
    }


async def test_a_link_to_a_new_password_lives_an_hour_and_its_secret_stays_sealed(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    event = ola.reset_requested()
    await world.hear(event)
    row = await world.pool.fetchrow("SELECT * FROM mail_queue JOIN notices USING (mail_id)")
    assert row is not None
    assert (row["lane"], row["not_after"]) == ("security", REGISTERED_AT + timedelta(minutes=60))
    assert row["sealed_token"] == event.data.reset_token


async def test_a_newer_link_takes_the_place_of_a_queued_one(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.reset_requested(3), ola.reset_requested(4)])
    assert await world.queued(ola) == ["password_reset"]
    assert ("password_reset", "cancelled", "superseded") in await world.told()
    kept = await world.pool.fetch("SELECT dedup_key FROM notices WHERE sealed_token IS NOT NULL")
    assert [row["dedup_key"] for row in kept] == [f"password-reset:{ola.account_id}:4"]


async def test_a_changed_password_cancels_the_link_and_is_told(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.reset_requested(3), ola.password_changed(4)])
    assert await world.queued(ola) == ["password_changed"]
    assert ("password_reset", "cancelled", "password_changed") in await world.told()
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL") == 0


async def test_an_older_link_that_comes_after_the_change_is_not_mailed(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.password_changed(4), ola.reset_requested(3)])
    assert await world.queued(ola) == ["password_changed"]


async def test_an_older_link_is_mailed_although_a_sign_in_came_first(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.signed_in(4), ola.reset_requested(3)])
    assert await world.queued(ola) == ["new_sign_in", "password_reset"]
    assert (await world.contact(ola))["version"] == 4


async def test_what_comes_before_the_account_waits_for_its_activation(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.signed_in(3), ola.reset_requested(4), ola.second_factor_changed(5))
    assert await world.parked() == 3
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    assert await world.parked() == 0
    assert await world.queued(ola) == ["new_sign_in", "password_reset", "second_factor_changed", "welcome"]


async def test_a_replay_after_the_inbox_has_forgotten_tells_nothing_again(world: WorkerWorld) -> None:
    ola = world.person()
    history = [
        ola.registered(),
        ola.activated(),
        ola.signed_in(3),
        ola.reset_requested(4),
        ola.password_changed(5),
        ola.email_change_requested("ola@dom.example", 6),
        ola.email_changed("ola@dom.example", 7),
        ola.deletion_requested(8),
        ola.deletion_cancelled(9),
    ]
    await world.hear_one_by_one(history)
    mails, contact = await world.mails(), await world.contact(ola)
    await world.forget_what_was_heard()
    await world.hear(*history)
    assert await world.mails() == mails
    assert await world.contact(ola) == contact
