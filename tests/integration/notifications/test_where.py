"""The commands that the people who run it ask: where is a mail, who is suppressed."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.integration.notifications.worker_world import REGISTERED_AT, WorkerWorld

from notifications.commands.where import lives_of, mail_id_in
from shared.runtime.events import new_id

MAIL_ID = UUID("01950000-0000-7000-8000-0000000000a1")


async def notifications(url: str, *arguments: str) -> tuple[int, str]:
    """Runs the command; its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "notifications",
        *arguments,
        env={**os.environ, "DZWONEK_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def add_attempts(world: WorkerWorld, mail_id: UUID) -> None:
    """The relay asked to come back, then took the mail."""
    for minute, result, code, enhanced, reply in (
        (0, "transient", 451, "4.7.1", "4.7.1 <recipient>: greylisted, come back in a minute"),
        (1, "accepted", 250, "2.0.0", "2.0.0 Ok: queued as 4XyZ"),
    ):
        at = REGISTERED_AT + timedelta(minutes=minute)
        await world.pool.execute(
            "INSERT INTO attempts VALUES ($1, $2, $3, $3, $4, $4, $5, $6, $7, $8, 'relay.example:587')",
            mail_id,
            new_id(),
            at.date(),
            at,
            result,
            code,
            enhanced,
            reply,
        )
    await world.pool.execute("DELETE FROM mail_queue WHERE mail_id = $1", mail_id)
    await world.pool.execute("UPDATE mails SET state = 'accepted', settled_at = $2 WHERE mail_id = $1", mail_id, at)


async def test_the_life_of_a_mail_by_its_message_id(world: WorkerWorld, url: str) -> None:
    ola = world.person()
    registered = ola.registered()
    await world.hear(registered)
    mail_id = await world.pool.fetchval("SELECT mail_id FROM mails WHERE kind = 'activation'")
    await add_attempts(world, mail_id)
    code, printed = await notifications(url, "mail", "where", f"<{mail_id}@dzwonek.example.org>")
    assert code == 0
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    assert lines[0] == "activation: accepted"
    steps = [
        f"event      pl.dzwonek.account.registered.v1 {registered.id}",
        f"notice     activation:{ola.account_id}:1",
        "mail       queued",
        "attempt    to relay.example:587",
        "answer     transient: 451 4.7.1 <recipient>: greylisted, come back in a minute",
        "attempt    to relay.example:587",
        "answer     accepted: 250 2.0.0 Ok: queued as 4XyZ",
        "accepted",
    ]
    rows = [line for line in lines if line.startswith("2025-")]
    assert len(rows) == len(steps)
    for row, step in zip(rows, steps, strict=True):
        assert step in row
    assert ola.address not in printed


async def test_the_mails_of_an_address_come_newest_first(world: WorkerWorld, url: str) -> None:
    ola, jan = world.person("Ola.Nowak@szkola.example"), world.person("jan@example.org")
    await world.hear(ola.registered(), jan.registered())
    world.clock.now += timedelta(hours=1)
    await world.hear(ola.activated())
    code, printed = await notifications(url, "mail", "where", "ola.nowak@SZKOLA.example")
    assert code == 0
    titles = [line.strip() for line in printed.splitlines() if ": " in line and not line.strip().startswith("20")]
    assert titles[0] == "welcome: queued"
    assert sorted(titles[1:]) == ["activation: cancelled (activated)", "activation_reminder: cancelled (activated)"]
    assert str(jan.account_id) not in printed


@pytest.mark.parametrize("asked", ["jan@żółw.example", " Jan@ŻÓŁW.example", "jan@xn--w-uga1v8h.EXAMPLE"])
async def test_an_address_is_found_as_people_write_it(world: WorkerWorld, url: str, asked: str) -> None:
    jan = world.person("Jan@xn--w-uga1v8h.example")
    await world.hear(jan.registered())
    code, printed = await notifications(url, "mail", "where", asked)
    assert code == 0
    assert str(jan.account_id) in printed


async def test_a_queued_mail_says_when_it_is_due_and_until_when(world: WorkerWorld, url: str) -> None:
    await world.hear(world.person().registered())
    mail_id = await world.pool.fetchval("SELECT mail_id FROM mails WHERE kind = 'activation_reminder'")
    _, printed = await notifications(url, "mail", "where", f"{mail_id}@dzwonek.example.org")
    assert "2025-03-12 08:00:00.000   due" in printed
    assert "2025-03-15 08:00:00.000   ends" in printed


async def test_a_mail_in_a_senders_hands_says_so(world: WorkerWorld, url: str) -> None:
    await world.hear(world.person().registered())
    await world.pool.execute("UPDATE mail_queue SET attempt_token = gen_random_uuid()")
    _, printed = await notifications(url, "mail", "where", "ola.nowak@szkola.example")
    assert printed.count("a sender works on it") == 2


async def test_a_mail_whose_domain_is_paused_or_capped_says_so(world: WorkerWorld, url: str) -> None:
    ola, jan = world.person("ola@szkola.example"), world.person("jan@example.org")
    await world.hear(ola.registered(), jan.registered())
    paused_until = datetime.now(UTC) + timedelta(minutes=10)
    await world.pool.execute(
        "INSERT INTO domain_states (domain, allowance, paused_until, pause_seconds, changed_at)"
        " VALUES ('szkola.example', 1, $1, 600, now())",
        paused_until,
    )
    why = f"nothing is sent to szkola.example until {paused_until:%Y-%m-%d %H:%M:%S}"
    assert (await notifications(url, "mail", "where", ola.address))[1].count(why) == 2
    assert "szkola.example" not in (await notifications(url, "mail", "where", jan.address))[1]
    await world.pool.execute("UPDATE domain_states SET paused_until = now() - interval '1 second'")
    assert "at most 1 at a time are sent to szkola.example" in (await notifications(url, "mail", "where", ola.address))[
        1
    ].replace("\n", " ")


@pytest.mark.parametrize("which", ["nobody@example.org", f"<{MAIL_ID}@dzwonek.example.org>", "what is this"])
async def test_an_unknown_mail_is_one_line_and_exit_code_1(url: str, which: str) -> None:
    assert await notifications(url, "mail", "where", which) == (1, f"no mail is known for {which}\n")


async def test_a_database_that_is_away_is_one_line_and_exit_code_3() -> None:
    code, printed = await notifications("postgresql://x@127.0.0.1:1/x", "mail", "where", "ola@example.org")
    assert code == 3
    assert len(printed.splitlines()) == 1
    assert "DZWONEK_DATABASE_URL" in printed


async def test_a_mail_to_an_address_of_its_own_is_found_by_its_message_id_and_the_address_not_shown(
    world: WorkerWorld, url: str
) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated(), ola.email_change_requested("ola@dom.example")])
    mail_id = await world.pool.fetchval("SELECT mail_id FROM mails WHERE kind = 'email_change_confirm'")
    code, printed = await notifications(url, "mail", "where", f"<{mail_id}@dzwonek.example.org>")
    assert code == 0
    assert "email_change_confirm: queued" in printed
    assert "to an address of its own" in printed
    assert "dom.example" not in printed
    assert ola.address not in printed
    _, of_welcome = await notifications(
        url, "mail", "where", await world.pool.fetchval("SELECT mail_id || '@h' FROM mails WHERE kind = 'welcome'")
    )
    assert "to an address of its own" not in of_welcome


async def test_the_last_mail_of_an_account_is_found_by_its_message_id(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear_one_by_one([ola.registered(), ola.activated(), ola.deleted()])
    mail_id = await world.pool.fetchval("SELECT mail_id FROM mails WHERE kind = 'account_deleted'")
    async with world.pool.acquire() as connection:
        [life] = await lives_of(connection, f"{mail_id}@dzwonek.example.org")
        assert await lives_of(connection, ola.address) == []
    assert (life.mail.kind, life.mail.state, life.mail.goes_elsewhere) == ("account_deleted", "queued", True)


async def test_a_contact_that_is_gone_is_not_found_by_its_address(world: WorkerWorld) -> None:
    ola = world.person()
    await world.hear(ola.registered(), ola.expired())
    async with world.pool.acquire() as connection:
        assert await lives_of(connection, ola.address) == []


@pytest.mark.parametrize("text", [f"<{MAIL_ID}@h>", f"{MAIL_ID}@h", f" <{MAIL_ID}@h>\n"])
def test_a_message_id_is_read_with_or_without_brackets(text: str) -> None:
    assert mail_id_in(text) == MAIL_ID


@pytest.mark.parametrize("text", ["ola@example.org", str(MAIL_ID), "", "<>", "@"])
def test_what_is_no_message_id_of_ours_is_an_address(text: str) -> None:
    assert mail_id_in(text) is None


async def test_a_suppressed_address_is_listed_and_taken_back(world: WorkerWorld, url: str) -> None:
    assert await notifications(url, "suppressions", "list") == (0, "No suppressions.\n")
    await world.pool.execute("INSERT INTO suppressions VALUES ('ola@example.org', 'no_mailbox', NULL, now())")
    code, printed = await notifications(url, "suppressions", "list")
    assert code == 0
    assert "ola@example.org" in printed
    assert "no_mailbox" in printed
    code, printed = await notifications(url, "suppressions", "remove", "Ola@example.org")
    assert (code, printed) == (0, "Ola@example.org is written to again.\n")
    code, printed = await notifications(url, "suppressions", "remove", "ola@example.org")
    assert (code, printed) == (1, "ola@example.org is not suppressed\n")


async def test_a_suppression_is_taken_back_as_people_write_the_address(world: WorkerWorld, url: str) -> None:
    await world.pool.execute("INSERT INTO suppressions VALUES ('jan@xn--w-uga1v8h.example', 'no_mailbox', NULL, now())")
    code, printed = await notifications(url, "suppressions", "remove", "Jan@żółw.example")
    assert (code, printed) == (0, "Jan@żółw.example is written to again.\n")
    assert await world.pool.fetchval("SELECT count(*) FROM suppressions") == 0
