"""What the worker makes of each event: contacts, mails, the queue, and the events of its own."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from tests.integration.notifications.worker_world import REGISTERED_AT, WorkerWorld

from shared.runtime.consumer import Refused
from shared.runtime.events import new_id

NO_SCHOOL = UUID(int=0)


async def test_a_registration_becomes_a_contact_and_two_queued_mails(world: WorkerWorld) -> None:
    ola = world.person("Ola.Nowak@Szkola.Example")
    await world.hear(ola.registered())
    contact = await world.contact(ola)
    assert (contact["state"], contact["version"], contact["language"]) == ("pending", 1, "pl")
    assert (contact["address"], contact["domain"]) == ("Ola.Nowak@Szkola.Example", "szkola.example")
    assert sorted(await world.mails(ola)) == [("activation", "queued"), ("activation_reminder", "queued")]
    first, second = await world.pool.fetch("SELECT * FROM mail_queue ORDER BY due_at")
    assert (first["kind"], first["due_at"], first["domain"]) == ("activation", REGISTERED_AT, "szkola.example")
    assert (second["kind"], second["due_at"]) == ("activation_reminder", REGISTERED_AT + timedelta(days=11))
    assert {row["not_after"] for row in (first, second)} == {REGISTERED_AT + timedelta(days=14)}
    assert {row["lane"] for row in (first, second)} == {"security"}


async def test_a_notice_names_its_event_and_holds_the_token_only_sealed(world: WorkerWorld) -> None:
    ola = world.person()
    event = ola.registered()
    await world.hear(event)
    notice = await world.pool.fetchrow("SELECT * FROM notices WHERE kind = 'activation'")
    assert notice is not None
    assert (notice["event_id"], notice["event_type"], notice["event_time"]) == (event.id, event.type, event.time)
    assert notice["sealed_token"] == event.data.activation_token
    assert json.loads(notice["params"]) == {"expires_at": "2025-03-15T08:00:00+00:00", "terms_version": "2025-01"}
    reminder = await world.pool.fetchrow("SELECT * FROM notices WHERE kind = 'activation_reminder'")
    assert reminder is not None
    assert reminder["sealed_token"] == event.data.reminder_token


async def test_mails_and_what_is_told_of_them_stay_in_the_trace_of_their_event(world: WorkerWorld) -> None:
    ola = world.person()
    first, second = (f"00-{digit * 32}-{digit * 16}-01" for digit in "ab")
    await world.hear(ola.registered().model_copy(update={"traceparent": first}))
    assert {row["traceparent"] for row in await world.pool.fetch("SELECT * FROM notices")} == {first}
    await world.hear(ola.activated().model_copy(update={"traceparent": second}))
    welcome = await world.pool.fetchval("SELECT traceparent FROM notices WHERE kind = 'welcome'")
    told = await world.pool.fetch("SELECT headers ->> 'traceparent' AS traceparent FROM outbox")
    assert (welcome, [row["traceparent"] for row in told]) == (second, [second, second])


async def test_the_school_less_have_their_turn_when_the_earliest_mail_is_due(world: WorkerWorld) -> None:
    await world.hear(world.person().registered())
    turn = await world.pool.fetchrow("SELECT * FROM queue_turns")
    assert turn is not None
    assert (turn["lane"], turn["school_id"], turn["next_due_at"]) == ("security", NO_SCHOOL, REGISTERED_AT)


async def test_a_turn_is_never_put_off_by_a_later_mail(world: WorkerWorld) -> None:
    await world.hear(world.person().registered())
    world.clock.now += timedelta(hours=1)
    await world.hear(world.person("jan@example.org").registered())
    assert await world.pool.fetchval("SELECT next_due_at FROM queue_turns") == REGISTERED_AT


async def test_asking_again_cancels_the_old_links_and_tells_so(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.requested()])
    assert (await world.contact(ola))["language"] == "en"
    assert sorted(await world.mails(ola)) == [
        ("activation", "cancelled"),
        ("activation", "queued"),
        ("activation_reminder", "cancelled"),
        ("activation_reminder", "queued"),
    ]
    assert await world.told() == [
        ("activation", "cancelled", "superseded"),
        ("activation_reminder", "cancelled", "superseded"),
    ]
    keys = await world.pool.fetch("SELECT dedup_key FROM notices WHERE sealed_token IS NOT NULL")
    assert {row["dedup_key"] for row in keys} == {
        f"activation-reminder:{ola.account_id}:2",
        f"activation:{ola.account_id}:2",
    }


async def test_activation_cancels_the_links_and_welcomes(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated()])
    contact = await world.contact(ola)
    assert (contact["state"], contact["language"], contact["expires_at"]) == ("active", "uk", None)
    assert await world.queued(ola) == ["welcome"]
    assert {reason for _, _, reason in await world.told()} == {"activated"}
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL") == 0


async def test_an_expired_registration_leaves_nothing_personal(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.expired()])
    contact = await world.contact(ola)
    kept = {name for name, value in contact.items() if value}
    assert kept == {"account_id", "version", "state", "updated_at"}
    assert contact["state"] == "gone"
    assert await world.queued() == []
    assert {state for _, state in await world.mails(ola)} == {"cancelled"}
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL") == 0


async def test_no_table_holds_the_address_of_an_expired_registration(world: WorkerWorld) -> None:
    ola, jan = world.person("Ola.Nowak@Szkola.Example"), world.person("jan@example.org")
    await world.hear(ola.registered(), jan.registered())
    for person in (ola, jan):
        await world.pool.execute(
            "INSERT INTO suppressions (address, reason, created_at) VALUES ($1, 'no_mailbox', now())",
            person.address.lower(),
        )
    assert await tables_that_hold(world, "ola.nowak") == {"contacts", "suppressions"}
    await world.hear(ola.expired())
    assert await tables_that_hold(world, "ola.nowak") == set()
    assert await tables_that_hold(world, jan.address) == {"contacts", "suppressions"}


async def tables_that_hold(world: WorkerWorld, text: str) -> set[str]:
    """The tables of the database that hold the text in any column, in letters of any case."""
    found = set()
    async with world.pool.acquire() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for table in tables:
            content = BytesIO()
            await connection.copy_from_table(table["relname"], output=content)
            if text.encode() in content.getvalue().lower():
                found.add(table["relname"])
    return found


async def test_a_mail_that_a_sender_holds_is_cancelled_too(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.registered())
    await world.pool.execute("UPDATE mail_queue SET attempt_token = gen_random_uuid(), attempts = 1")
    await world.hear(ola.expired())
    assert await world.queued() == []
    assert {state for _, state in await world.mails(ola)} == {"cancelled"}


async def test_a_mail_that_was_sent_is_not_cancelled(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.registered())
    await world.pool.execute("DELETE FROM mail_queue WHERE kind = 'activation'")
    await world.pool.execute("UPDATE mails SET state = 'accepted', settled_at = now() WHERE kind = 'activation'")
    await world.hear(ola.activated())
    assert ("activation", "accepted") in await world.mails(ola)
    assert await world.told() == [("activation_reminder", "cancelled", "activated")]


async def test_the_owner_of_an_address_is_told_of_each_attempt(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated(), ola.attempted(), ola.attempted()])
    assert await world.queued(ola) == ["account_exists", "account_exists", "welcome"]
    assert (await world.contact(ola))["version"] == 2


async def test_events_of_one_person_in_one_batch_follow_each_other(world: WorkerWorld) -> None:
    ola, jan = world.person(), world.person("jan@example.org")
    await world.hear(ola.registered(), jan.registered(), ola.activated(), jan.expired(), ola.attempted(version=2))
    assert await world.queued(ola) == ["account_exists", "welcome"]
    assert await world.queued(jan) == []
    assert (await world.contact(jan))["state"] == "gone"


async def test_an_address_sealed_to_another_key_is_a_dead_letter(world: WorkerWorld) -> None:
    sealed = world.sealer.seal("ola@example.org")
    broken = sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")
    with pytest.raises(Refused) as caught:
        await world.hear(world.person().registered(email=broken))
    assert [fault.reason for fault in caught.value.faults.values()] == ["seal_broken"]


@pytest.mark.parametrize("text", ["ola", "ola@", "ola@example.org\r\nBcc: x@example.org", "o la@example.org", ""])
async def test_what_is_no_address_is_a_dead_letter(world: WorkerWorld, text: str) -> None:
    with pytest.raises(Refused) as caught:
        await world.hear(world.person().registered(email=world.sealer.seal(text)))
    assert {fault.reason for fault in caught.value.faults.values()} <= {"bad_address", "seal_broken"}
    assert await world.mails() == []


async def test_a_queued_mail_belongs_to_the_district_and_school_of_its_event(world: WorkerWorld) -> None:
    district, school = new_id(), new_id()
    await world.hear(world.person().registered().model_copy(update={"district": district, "school": school}))
    queued = await world.pool.fetch("SELECT DISTINCT district_id, school_id FROM mail_queue")
    assert [tuple(row) for row in queued] == [(district, school)]
