"""What becomes of a mail by the relay's answer: PostgreSQL, SMTP and everything between are real."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.integration.notifications.sender.sender_world import TOKEN, SenderWorld, settings_for
from tests.sealing_keys import generate_keys
from tests.waiting import until

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox
from notifications.smtp.verp import Verp
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

OLA = "ola.nowak@szkola.example"
VERP = Verp("bounces.dzwonek.example.org", [bytes.fromhex("ab" * 32)])


@pytest.fixture
def world(
    url: str, pool: Pool, keys: tuple[Path, Path], tmp_path: Path, inbox_server: Mailbox, inbox: InboxClient
) -> SenderWorld:
    settings = settings_for(url, tmp_path, keys[0], port=inbox_server.smtp_port)
    return SenderWorld(url, pool, Sealer(keys[1]), Unsealer(keys[0]), settings)


def refuse(stage: str, code: int, text: str, *, match: str = "*", times: int | None = None) -> dict[str, object]:
    return {"action": "reply", "stage": stage, "code": code, "text": text, "match": match, "times": times}


async def test_an_accepted_mail_is_settled_and_told(world: SenderWorld, inbox: InboxClient) -> None:
    [mail] = await world.queue(OLA, kind="activation", lane="security", state="pending")
    async with world.sending():
        assert await world.settled(mail) == {mail: "accepted"}
    arrived = await inbox.wait_for(OLA, kind="activation")
    assert TOKEN in (arrived.text or "")
    assert VERP.mail_of(arrived.envelope.sender) == mail
    [attempt] = await world.tried(mail)
    assert (attempt["result"], attempt["code"], attempt["enhanced"]) == ("accepted", 250, "2.0.0")
    [event] = await world.events()
    assert (event["mail_id"], event["state"], event["lane"]) == (str(mail), "accepted", "security")
    assert await world.queued(mail) is None
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL") == 0


async def test_an_unknown_mailbox_is_suppressed_and_gets_nothing_more(world: SenderWorld, inbox: InboxClient) -> None:
    await inbox.behave([refuse("rcpt", 550, f"5.1.1 <{OLA}>: User unknown")])
    [mail] = await world.queue(OLA)
    async with world.sending():
        assert await world.settled(mail) == {mail: "refused"}
        [attempt] = await world.tried(mail)
        assert (attempt["result"], attempt["reply"]) == ("no_mailbox", "5.1.1 <recipient>: User unknown")
        await inbox.behave([])
        [later] = await world.queue(OLA.upper())
        assert await world.settled(later) == {later: "refused"}
    [row] = await world.mails(later)
    assert row["reason"] == "suppressed"
    assert await inbox.mails() == []
    assert [event["reason"] for event in await world.events()] == ["no_mailbox", "suppressed"]


@pytest.mark.parametrize(
    ("stage", "code", "text", "result"),
    [
        ("rcpt", 451, "4.7.1 Greylisted, come again", "transient"),
        ("final", 451, "4.3.0 Later", "transient"),
        ("rcpt", 452, "4.2.2 Mailbox full", "mailbox_full"),
        ("rcpt", 552, "5.2.2 Mailbox full", "mailbox_full"),
    ],
)
async def test_a_mail_that_cannot_be_taken_now_comes_back_later(
    world: SenderWorld, inbox: InboxClient, stage: str, code: int, text: str, result: str
) -> None:
    await inbox.behave([refuse(stage, code, text, times=1)])
    [mail] = await world.queue(OLA)
    async with world.sending():
        [attempt] = await world.tried(mail)
        assert attempt["result"] == result
        queued = await world.queued(mail)
        assert queued is not None
        assert 55 < (queued["due_at"] - attempt["answered_at"]).total_seconds() < 80
        assert await world.domain("szkola.example") is None
        await world.make_due(mail)
        assert await world.settled(mail) == {mail: "accepted"}
    assert len(await inbox.mails(OLA)) == 1


async def test_a_rate_reply_pauses_its_domain_alone(world: SenderWorld, inbox: InboxClient) -> None:
    await inbox.behave([refuse("rcpt", 421, "4.7.28 Too many mails", match="szkola.example", times=1)])
    [slowed] = await world.queue(OLA)
    async with world.sending():
        await world.tried(slowed)
        [behind] = await world.queue("jan@szkola.example")
        [elsewhere] = await world.queue("jan@gmina.example")
        assert await world.settled(elsewhere) == {elsewhere: "accepted"}

        async def put_off() -> bool:
            queued = await world.queued(behind)
            paused = await world.domain("szkola.example")
            return queued is not None and paused is not None and queued["due_at"] >= paused["paused_until"]

        await until(put_off)
        state = await world.domain("szkola.example")
        assert state is not None
        assert (state["allowance"], state["pause_seconds"]) == (8, 30)
        await world.end_pause("szkola.example")
        await world.make_due(slowed, behind)
        assert set((await world.settled(slowed, behind)).values()) == {"accepted"}

        async def ramped_up() -> bool:
            state = await world.domain("szkola.example")
            return state is not None and state["allowance"] > 8

        await until(ramped_up)


async def test_five_policy_refusals_in_a_row_pause_the_domain_and_lose_no_mail(
    world: SenderWorld, inbox: InboxClient
) -> None:
    await inbox.behave([refuse("rcpt", 550, "5.7.1 Blocked by policy", match="szkola.example")])
    first = await world.queue(*(f"parent{number}@szkola.example" for number in range(4)))
    async with world.sending():
        for mail in first:
            await world.tried(mail)
        state = await world.domain("szkola.example")
        assert state is not None
        assert (state["faults"], state["paused_until"]) == (4, None)
        [fifth] = await world.queue("parent5@szkola.example")
        await world.tried(fifth)

        async def paused() -> bool:
            state = await world.domain("szkola.example")
            return state is not None and state["paused_until"] is not None

        await until(paused)
        await inbox.behave([])
        await world.end_pause("szkola.example")
        everything = [*first, fifth]
        await world.make_due(*everything)
        assert set((await world.settled(*everything)).values()) == {"accepted"}

        async def forgiven() -> bool:
            state = await world.domain("szkola.example")
            return state is None or state["faults"] == 0

        await until(forgiven)


async def test_silence_costs_one_deadline_and_the_mail_comes_back_after_a_pause_of_its_domain(
    world: SenderWorld, inbox: InboxClient
) -> None:
    await inbox.behave([{"action": "silence", "stage": "rcpt", "match": OLA, "times": 1}])
    [silenced] = await world.queue(OLA)
    async with world.sending():
        [other] = await world.queue("jan@gmina.example")
        assert await world.settled(other, seconds=5) == {other: "accepted"}
        [attempt] = await world.tried(silenced)
        assert (attempt["result"], attempt["code"], attempt["reply"]) == ("silent", None, "the relay fell silent")
        await world.end_pause("szkola.example")
        await world.make_due(silenced)
        assert await world.settled(silenced) == {silenced: "accepted"}


async def test_a_reset_after_the_final_dot_repeats_the_mail_with_the_same_message_id(
    world: SenderWorld, inbox: InboxClient
) -> None:
    before = {entry.message_id for entry in await inbox.ledger()}
    await inbox.behave([{"action": "reset", "stage": "final", "kept": True, "times": 1}])
    [mail] = await world.queue(OLA)
    async with world.sending():
        [attempt] = await world.tried(mail)
        assert attempt["result"] == "broken_off"
        await world.make_due(mail)
        assert await world.settled(mail) == {mail: "accepted"}
    [entry] = [entry for entry in await inbox.ledger() if entry.message_id not in before]
    assert entry.times == 2
    first, second = [await inbox.mail(summary.id) for summary in await inbox.mails(OLA)]
    assert (first.headers, first.text, first.html, first.size) == (
        second.headers,
        second.text,
        second.html,
        second.size,
    )


async def test_a_mail_whose_next_try_would_come_too_late_expires(world: SenderWorld, inbox: InboxClient) -> None:
    await inbox.behave([refuse("rcpt", 451, "4.3.0 Later")])
    [mail] = await world.queue(OLA, kind="activation", lane="security", state="pending", ends=timedelta(seconds=30))
    async with world.sending():
        assert await world.settled(mail) == {mail: "expired"}
    [event] = await world.events()
    assert (event["state"], event["reason"]) == ("expired", "transient")
    assert await world.pool.fetchval("SELECT count(*) FROM notices WHERE sealed_token IS NOT NULL") == 0


@pytest.mark.parametrize(
    ("address", "state", "kind", "becomes", "reason"),
    [
        (OLA, "active", "activation", "cancelled", "contact_active"),
        (OLA, "pending", "welcome", "cancelled", "contact_pending"),
        ("zażółć@szkola.example", "active", "welcome", "refused", "bad_address"),
    ],
)
async def test_what_is_not_worth_sending_any_more_is_not_sent(
    world: SenderWorld, inbox: InboxClient, address: str, state: str, kind: str, becomes: str, reason: str
) -> None:
    [mail] = await world.queue(address, kind=kind, state=state)
    async with world.sending():
        assert await world.settled(mail) == {mail: becomes}
    [row] = await world.mails(mail)
    assert row["reason"] == reason
    assert await inbox.mails() == []


async def test_a_token_that_no_key_opens_keeps_the_mail(world: SenderWorld, tmp_path: Path, inbox: InboxClient) -> None:
    generate_keys(tmp_path / "other.json", tmp_path / "other-public.json")
    [mail] = await world.queue(OLA, kind="activation", lane="security", state="pending")
    async with world.sending(sealing_private_keys_file=tmp_path / "other.json"):

        async def kept() -> bool:
            queued = await world.queued(mail)
            return queued is not None and queued["attempts"] == 1 and queued["attempt_token"] is None

        await until(kept)
    await world.make_due(mail)
    async with world.sending():
        assert await world.settled(mail) == {mail: "accepted"}
