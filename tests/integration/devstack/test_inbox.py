"""The inbox keeps every mail that it accepted and tells what it has, over real sockets."""

import asyncio
import smtplib
import time
from datetime import UTC, datetime, timedelta

import aiosmtplib
import httpx
import pytest
from tests.integration.devstack.mails import BOUNCES, activation, send

from devstack.inbox import InboxClient, MailNotArrivedError
from devstack.mailbox import Mailbox


async def test_an_accepted_mail_is_told_with_all_that_is_in_it(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await send(inbox_server, activation())
    mail = await inbox.wait_for("Anna@example.org", subject_contains="żółw", kind="activation", timeout=5)
    assert (mail.envelope.sender, mail.envelope.recipients) == (BOUNCES, ("anna@example.org",))
    assert mail.text == "Dzień dobry, https://dzwonek.example/activate/t1\n"
    assert mail.html is not None
    assert mail.links == ("https://dzwonek.example/activate/t1",)
    assert ("X-Dzwonek-Kind", "activation") in [(header.name, header.value) for header in mail.headers]
    assert datetime.now(UTC) - mail.received_at < timedelta(seconds=30)


async def test_the_bytes_are_kept_as_they_came(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    raw = b"Subject: dots\r\n\r\n.\r\n..two\r\n\xff\xfe\r\n"
    with smtplib.SMTP("127.0.0.1", inbox_server.smtp_port) as client:
        client.sendmail("a@example.org", ["b@example.org"], raw, mail_options=["BODY=8BITMIME"])
    (mail,) = await inbox.mails("b@example.org")
    download = await inbox_http.get(f"/mails/{mail.id}/mail.eml")
    assert download.content == raw
    assert mail.size == len(raw)
    assert download.headers["content-disposition"].startswith("attachment")


async def test_the_empty_return_path_and_a_name_beyond_ascii_are_welcome(
    inbox_server: Mailbox, inbox: InboxClient
) -> None:
    with smtplib.SMTP("127.0.0.1", inbox_server.smtp_port) as client:
        client.ehlo()
        client.sendmail("", ["łucja@szkoła.example"], "Subject: bounce\r\n\r\n", mail_options=["SMTPUTF8"])
    (mail,) = await inbox.mails("ŁUCJA@szkoła.example")
    assert mail.envelope.sender == ""


async def test_mails_are_listed_newest_first_and_by_recipient_time_and_number(
    inbox_server: Mailbox, inbox: InboxClient
) -> None:
    await send(inbox_server, activation("anna@example.org"), "anna@example.org", "jan@example.org")
    await send(inbox_server, activation("jan@example.org"))
    everything = await inbox.mails()
    assert [mail.id for mail in everything] == sorted((mail.id for mail in everything), reverse=True)
    assert len(await inbox.mails("jan@example.org")) == 2
    assert len(await inbox.mails("anna@example.org")) == 1
    assert await inbox.mails("example.org") == []
    assert await inbox.mails(since=everything[0].received_at) == everything[:1]
    assert await inbox.mails(limit=1) == everything[:1]


async def test_waiting_ends_when_the_mail_comes_and_only_for_a_newer_one_where_that_is_asked(
    inbox_server: Mailbox, inbox: InboxClient
) -> None:
    await send(inbox_server, activation())
    first = await inbox.wait_for("anna@example.org", timeout=5)
    waiting = asyncio.create_task(inbox.wait_for("anna@example.org", after=first.id, timeout=10))
    await send(inbox_server, activation(message_id="<a2@dzwonek.example>"))
    assert (await waiting).message_id == "<a2@dzwonek.example>"


async def test_waiting_in_vain_tells_what_came_instead(inbox_server: Mailbox, inbox: InboxClient) -> None:
    await send(inbox_server, activation())
    with pytest.raises(MailNotArrivedError, match="Aktywuj konto"):
        await inbox.wait_for("anna@example.org", kind="welcome", timeout=0.1)


async def test_the_ledger_counts_each_message_and_outlives_clearing(inbox_server: Mailbox, inbox: InboxClient) -> None:
    for recipient in ("ewa@example.org", "ewa@example.org", "adam@example.org"):
        await send(inbox_server, activation(recipient, "<twice@dzwonek.example>"))
    await send(inbox_server, activation("ewa@example.org", "<once@dzwonek.example>"))
    await inbox.clear()
    assert await inbox.mails() == []
    ledger = {entry.message_id: entry for entry in await inbox.ledger()}
    twice = ledger["<twice@dzwonek.example>"]
    assert twice.times == 3
    assert [receipt.envelope.recipients for receipt in twice.receipts] == [
        ("ewa@example.org",),
        ("ewa@example.org",),
        ("adam@example.org",),
    ]
    assert ledger["<once@dzwonek.example>"].times == 1


async def test_a_thousand_mails_are_kept_quickly(inbox_server: Mailbox, inbox: InboxClient) -> None:
    known = len(await inbox.ledger())

    async def deliver(part: range) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=inbox_server.smtp_port, start_tls=False) as client:
            for number in part:
                await client.sendmail(
                    BOUNCES,
                    [f"p{number}@example.org"],
                    b"Message-ID: <thousand-%d@dzwonek.example>\r\n\r\n" % number,
                )

    started = time.monotonic()
    await asyncio.gather(*(deliver(range(first, 1000, 8)) for first in range(8)))
    assert time.monotonic() - started < 15
    assert len(await inbox.mails(limit=1000)) == 1000
    assert len(await inbox.mails("p777@example.org")) == 1
    assert len(await inbox.ledger()) == known + 1000


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/mails?colour=red", None, 422, "invalid_request"),
        ("GET", "/api/mails?limit=0", None, 422, "invalid_request"),
        ("GET", "/api/mails?since=yesterday", None, 422, "invalid_request"),
        ("GET", "/api/mails?since=2026-03-01T10:00:00", None, 422, "invalid_request"),
        ("GET", "/api/mails?to=a&to=b", None, 422, "invalid_request"),
        ("GET", "/api/ledger?after=-1", None, 422, "invalid_request"),
        ("GET", "/api/mails/999999999999999999999999", None, 404, "not_found"),
        ("GET", "/api/nothing", None, 404, "not_found"),
        ("POST", "/api/mails", None, 405, "method_not_allowed"),
        ("PUT", "/api/behaviour", b"{", 400, "not_json"),
        ("PUT", "/api/behaviour", b"{}", 422, "invalid_request"),
        ("PUT", "/api/behaviour", b"\xff", 400, "not_json"),
        ("PUT", "/api/behaviour", b'[{"stage": "rcpt", "action": "explode"}]', 422, "invalid_request"),
        ("PUT", "/api/behaviour", b'[{"stage": "rcpt", "action": "silence", "kept": true}]', 422, "invalid_request"),
        ("PUT", "/api/behaviour", b'[{"stage": "mail", "action": "silence", "match": "a"}]', 422, "invalid_request"),
        ("PUT", "/api/behaviour", b'[{"stage": "mail", "action": "silence", "times_each": 1}]', 422, "invalid_request"),
        ("PUT", "/api/behaviour", b" " * 70_000, 413, "too_large"),
    ],
)
async def test_unknown_input_gets_problem_details(
    inbox_http: httpx.AsyncClient, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    answer = await inbox_http.request(method, path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
