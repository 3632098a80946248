"""What an SMTP client meets when the inbox was told to misbehave, over real sockets."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox

MAIL = b"Message-ID: <m1@dzwonek.example>\r\n\r\nhello\r\n"
Answer = tuple[int, bytes]


@contextmanager
def connected(inbox_server: Mailbox, *, patience: float = 5) -> Iterator[smtplib.SMTP]:
    client = smtplib.SMTP(timeout=patience)
    try:
        client.connect("127.0.0.1", inbox_server.smtp_port)
        client.ehlo()
        yield client
    finally:
        client.close()


def answers(inbox_server: Mailbox, *recipients: str) -> list[Answer]:
    """The answers to MAIL, each RCPT, DATA and the final dot, up to the first refusal of one of them but RCPT."""
    with connected(inbox_server) as client:
        heard = [client.mail("bounces@dzwonek.example")]
        if heard[-1][0] >= 400:
            return heard
        heard += [client.rcpt(recipient) for recipient in recipients]
        client.putcmd("data")
        heard.append(client.getreply())
        if heard[-1][0] >= 400:
            return heard
        client.send(MAIL + b".\r\n")
        return [*heard, client.getreply()]


def codes(heard: list[Answer]) -> list[int]:
    return [code for code, _ in heard]


@pytest.mark.parametrize(
    ("code", "text"),
    [(451, "4.7.1 Greylisted"), (550, "5.1.1 No such mailbox"), (550, "5.7.1 Policy"), (452, "4.2.2 Mailbox full")],
)
async def test_a_recipient_is_refused_and_the_others_are_not(
    inbox_server: Mailbox, inbox: InboxClient, code: int, text: str
) -> None:
    await inbox.behave([{"match": "Anna@example.org", "stage": "rcpt", "action": "reply", "code": code, "text": text}])
    heard = answers(inbox_server, "anna@example.org", "jan@example.org")
    assert heard[1] == (code, text.encode())
    assert codes(heard) == [250, code, 250, 354, 250]
    (mail,) = await inbox.mails()
    assert mail.envelope.recipients == ("jan@example.org",)


@pytest.mark.parametrize(
    ("stage", "heard"), [("mail", [452]), ("data", [250, 250, 452]), ("final", [250, 250, 354, 452])]
)
async def test_each_command_can_be_refused_and_then_nothing_is_kept(
    inbox_server: Mailbox, inbox: InboxClient, stage: str, heard: list[int]
) -> None:
    await inbox.behave([{"stage": stage, "action": "reply", "code": 452, "text": "4.3.1 Disk full"}])
    assert codes(answers(inbox_server, "anna@example.org")) == heard
    assert await inbox.mails() == []


async def test_a_connection_is_refused_in_place_of_the_greeting(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "connect", "action": "reply", "code": 421, "text": "4.7.0 Too many connections"}])
    with smtplib.SMTP() as client:
        assert client.connect("127.0.0.1", inbox_server.smtp_port) == (421, b"4.7.0 Too many connections")
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.getreply()


async def test_421_closes_the_connection(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "rcpt", "action": "reply", "code": 421, "text": "4.7.0 Slow down"}])
    with connected(inbox_server) as client:
        client.mail("bounces@dzwonek.example")
        client.putcmd("rcpt", "TO:<anna@example.org>")
        client.putcmd("noop")
        assert client.getreply()[0] == 421
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.getreply()


async def test_a_rule_for_a_domain_leaves_other_domains_alone(inbox_server: Mailbox, inbox: InboxClient) -> None:
    rule = {"match": "slow.example", "stage": "final", "action": "reply", "code": 451, "text": "4.7.1 Later"}
    await inbox.behave([rule])
    assert codes(answers(inbox_server, "anna@slow.example"))[-1] == 451
    assert codes(answers(inbox_server, "anna@not-slow.example"))[-1] == 250


async def test_a_rule_applies_as_often_as_it_says_and_counts(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "rcpt", "action": "reply", "code": 451, "text": "4.7.1 Later", "times": 2}])
    assert [codes(answers(inbox_server, "anna@example.org"))[1] for _ in range(3)] == [451, 451, 250]
    assert await inbox.applied() == [2]


async def test_greylisting_refuses_the_first_try_of_each_recipient(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "rcpt", "action": "reply", "code": 451, "text": "4.7.1 Later", "times_each": 1}])
    tried = ["anna@example.org", "jan@example.org", "Anna@example.org", "jan@example.org"]
    assert codes(answers(inbox_server, *tried))[1:5] == [451, 451, 250, 250]
    assert await inbox.applied() == [2]


async def test_a_percentage_hits_some_and_not_all(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "rcpt", "action": "reply", "code": 451, "text": "4.7.1 Later", "percent": 50}])
    with connected(inbox_server) as client:
        client.mail("bounces@dzwonek.example")
        refused = [client.rcpt(f"p{number}@example.org")[0] for number in range(200)].count(451)
    assert 40 < refused < 160
    assert await inbox.applied() == [refused]


async def test_a_delay_is_waited_for_and_the_next_rule_decides(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave(
        [
            {"stage": "rcpt", "action": "delay", "seconds": 0.3},
            {"stage": "rcpt", "action": "reply", "code": 550, "text": "5.1.1 No such mailbox"},
        ]
    )
    with connected(inbox_server) as client:
        client.mail("bounces@dzwonek.example")
        started = time.monotonic()
        assert client.rcpt("anna@example.org")[0] == 550
        assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "data", "final"])
async def test_silence_lasts_until_the_client_gives_up(inbox_server: Mailbox, inbox: InboxClient, stage: str) -> None:
    await inbox.behave([{"stage": stage, "action": "silence"}])
    with pytest.raises(OSError, match="timed out"), connected(inbox_server, patience=0.2) as client:
        client.sendmail("bounces@dzwonek.example", ["anna@example.org"], MAIL)
    await inbox.behave([])
    assert codes(answers(inbox_server, "jan@example.org"))[-1] == 250
    assert len(await inbox.mails()) == 1


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "data", "final"])
async def test_a_reset_breaks_the_connection_off(inbox_server: Mailbox, inbox: InboxClient, stage: str) -> None:
    await inbox.behave([{"stage": stage, "action": "reset"}])
    with pytest.raises(OSError, match="reset by peer"), connected(inbox_server) as client:
        client.sendmail("bounces@dzwonek.example", ["anna@example.org"], MAIL)
    assert await inbox.mails() == []


@pytest.mark.parametrize("action", ["reset", "silence"])
@pytest.mark.parametrize("kept", [True, False])
async def test_after_the_final_dot_the_mail_may_be_kept_without_a_word(
    inbox_server: Mailbox, inbox: InboxClient, action: str, kept: bool
) -> None:
    await inbox.behave([{"stage": "final", "action": action, "kept": kept, "times": 1}])
    with (
        pytest.raises(OSError, match="reset by peer" if action == "reset" else "timed out"),
        connected(inbox_server, patience=0.3) as client,
    ):
        client.sendmail("bounces@dzwonek.example", ["anna@example.org"], MAIL)
    assert len(await inbox.mails("anna@example.org")) == (1 if kept else 0)
    assert codes(answers(inbox_server, "anna@example.org"))[-1] == 250
    assert len(await inbox.mails("anna@example.org")) == (2 if kept else 1)
    (entry,) = [entry for entry in await inbox.ledger() if entry.message_id == "<m1@dzwonek.example>"]
    answered = [receipt.answered for receipt in entry.receipts]
    assert answered[-2:] == [False, True] if kept else answered[-1]


async def test_a_client_that_leaves_during_a_delay_has_left_nothing(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await inbox.behave([{"stage": "final", "action": "delay", "seconds": 0.5}])
    with pytest.raises(OSError, match="timed out"), connected(inbox_server, patience=0.1) as client:
        client.sendmail("bounces@dzwonek.example", ["anna@example.org"], MAIL)
    answered = codes(answers(inbox_server, "jan@example.org"))[-1]
    assert answered == 250
    assert [mail.envelope.recipients for mail in await inbox.mails()] == [("jan@example.org",)]


async def test_a_mail_too_large_or_with_a_line_too_long_is_refused(inbox_server: Mailbox, inbox: InboxClient) -> None:
    with connected(inbox_server) as client:
        assert client.docmd("MAIL", "FROM:<a@example.org> SIZE=99999999")[0] == 552
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            client.sendmail("a@example.org", ["b@example.org"], b"x" * 1200)
    assert refusal.value.smtp_code == 500
    assert await inbox.mails() == []


async def test_without_rules_the_inbox_is_good_again(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    await inbox.behave([{"stage": "mail", "action": "reply", "code": 451, "text": "4.7.1 Later"}])
    assert codes(answers(inbox_server, "anna@example.org")) == [451]
    assert (await inbox_http.delete("/api/behaviour")).status_code == 204
    assert codes(answers(inbox_server, "anna@example.org"))[-1] == 250
