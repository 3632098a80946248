"""A change of address: who is told, where each mail goes, and what stands in clear."""

import pytest
from tests.integration.notifications.traces import traces
from tests.integration.notifications.worker_world import Person, WorkerWorld

from shared.runtime.consumer import Refused

OLD = "ola.nowak@szkola.example"
NEW = "Ola@Dom.example"


async def somebody_active(world: WorkerWorld) -> Person:
    """Somebody whose account is active, with a welcome in the queue."""
    ola = world.person(OLD)
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    return ola


async def test_the_link_goes_to_the_new_address_and_a_warning_to_the_old(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear(ola.email_change_requested(NEW))
    addresses = await world.addresses()
    assert addresses["email_change_confirm"] == (NEW, "dom.example")
    assert addresses["email_change_requested"] == (OLD, "szkola.example")
    assert (await world.contact(ola))["address"] == OLD
    assert await traces(world.pool, NEW) == set()
    assert await traces(world.pool, OLD) == {"contacts"}


async def test_a_newer_request_cancels_the_link_and_wipes_secret_and_address(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.email_change_requested(NEW), ola.email_change_requested("ola@inny.example", 4)])
    rows = await world.pool.fetch("SELECT * FROM notices WHERE kind = 'email_change_confirm' ORDER BY dedup_key")
    assert [(row["sealed_token"] is None, row["sealed_address"] is None) for row in rows] == [
        (True, True),
        (False, False),
    ]
    assert ("email_change_confirm", "cancelled", "superseded") in await world.told()
    assert (await world.queued(ola)).count("email_change_requested") == 2


async def test_after_the_change_the_contact_has_the_new_address_and_both_are_told(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.email_change_requested(NEW), ola.email_changed(NEW)])
    contact = await world.contact(ola)
    assert (contact["address"], contact["domain"], contact["version"]) == (NEW, "dom.example", 4)
    addresses = await world.addresses()
    assert addresses["email_changed"] == (OLD, "szkola.example")
    assert addresses["email_changed_here"] == (NEW, "dom.example")
    assert set(await world.queued(ola)) == {
        "email_change_requested",
        "email_changed",
        "email_changed_here",
        "welcome",
    }


async def test_mails_for_the_contact_move_to_the_new_domain_and_those_with_an_address_stay(world: WorkerWorld) -> None:
    ola, jan = await somebody_active(world), world.person("jan@szkola.example")
    await world.hear(jan.registered(), ola.email_change_requested(NEW), ola.reset_requested(4))
    await world.pool.execute("UPDATE mail_queue SET attempt_token = gen_random_uuid() WHERE kind = 'welcome'")
    await world.hear(ola.email_changed(NEW, 5))
    rows = await world.pool.fetch("SELECT kind, domain FROM mail_queue")
    assert {row["kind"]: row["domain"] for row in rows} == {
        "welcome": "dom.example",
        "password_reset": "dom.example",
        "email_change_requested": "szkola.example",
        "email_changed": "szkola.example",
        "email_changed_here": "dom.example",
        "activation": "szkola.example",
        "activation_reminder": "szkola.example",
    }


async def test_what_waits_for_the_account_holds_the_address_only_sealed(world: WorkerWorld) -> None:
    ola = world.person(OLD)
    await world.hear(ola.email_change_requested(NEW))
    assert await world.parked() == 1
    assert await traces(world.pool, '"language":"pl"') == {"parked_events"}
    assert await traces(world.pool, NEW) == set()


async def test_an_older_change_of_the_address_changes_nothing(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.email_changed(NEW, 6), ola.email_changed("ola@inny.example", 4)])
    assert (await world.contact(ola))["address"] == NEW


async def test_a_change_counts_although_a_sign_in_came_first(world: WorkerWorld) -> None:
    ola = await somebody_active(world)
    await world.hear_one_by_one([ola.signed_in(5), ola.email_changed(NEW, 4)])
    assert (await world.contact(ola))["address"] == NEW


@pytest.mark.parametrize("text", ["ola", "ola@example.org\r\nBcc: x@example.org", ""])
async def test_a_new_address_that_is_none_is_a_dead_letter(world: WorkerWorld, text: str) -> None:
    ola = await somebody_active(world)
    for event in (ola.email_change_requested(text), ola.email_changed(text)):
        with pytest.raises(Refused) as caught:
            await world.hear(event)
        assert [fault.reason for fault in caught.value.faults.values()] == ["bad_address"]
    assert (await world.contact(ola))["address"] == OLD
