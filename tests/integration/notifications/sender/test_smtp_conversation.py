"""Mails over one kept connection, byte by byte."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.integration.notifications.sender.scripted_relay import RESET, SILENCE, ScriptedRelay
from tests.waiting import until

from notifications.domain.answers import Reply, Stage
from notifications.smtp.conversation import Conversation, ConversationLost, Deadlines, UnsafeContent
from notifications.smtp.relay import Relay, RelayAddress

SENDER = "bounce+a.b@bounces.example"
CONTENT = b"Subject: Lekcja\r\n\r\nDzwonek.\r\n"

Open = Callable[..., Awaitable[Conversation]]


@pytest.fixture(params=[True, False], ids=["pipelining", "one command at a time"])
async def relay(request: pytest.FixtureRequest) -> AsyncIterator[ScriptedRelay]:
    async with ScriptedRelay(pipelining=request.param) as relay:
        yield relay


@pytest.fixture
async def open_conversation(relay: ScriptedRelay) -> AsyncIterator[Open]:
    opened: list[Conversation] = []

    async def open_one(*, envelope: float = 5, content: float = 5) -> Conversation:
        address = RelayAddress("127.0.0.1", relay.port, "none", "sender.example")
        opened.append(await Relay(address, Deadlines(envelope, content), connect_seconds=5).open())
        return opened[-1]

    yield open_one
    for conversation in opened:
        await conversation.quit()


async def test_mails_go_over_one_connection(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation()
    for number in range(20):
        reply = await conversation.deliver(SENDER, f"parent{number}@szkola.example", CONTENT)
        assert reply == Reply(Stage.CONTENT, 250, "2.0.0 Ok: queued")
    assert relay.connections == 1
    assert [mail.recipient for mail in relay.mails] == [f"parent{number}@szkola.example" for number in range(20)]
    assert {(mail.sender, mail.content) for mail in relay.mails} == {(SENDER, CONTENT)}


@pytest.mark.parametrize(
    "body",
    [b".", b".\r\n", b"..\r\n.\r\n", b"a\r\n.\r\nb", b"a\r\n..b\r\n.", b"no line end", b"a\r\n\r\n.\r\n\r\n"],
)
async def test_dots_at_the_beginning_of_lines_arrive_as_they_were(
    relay: ScriptedRelay, open_conversation: Open, body: bytes
) -> None:
    conversation = await open_conversation()
    content = b"Subject: dots\r\n\r\n" + body
    await conversation.deliver(SENDER, "jan@szkola.example", content)
    arrived = relay.mails[0].content
    assert arrived == (content if content.endswith(b"\r\n") else content + b"\r\n")


@pytest.mark.parametrize("bare", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n", b"a\r\r\n"])
async def test_content_that_could_smuggle_commands_is_not_sent(
    relay: ScriptedRelay, open_conversation: Open, bare: bytes
) -> None:
    conversation = await open_conversation()
    with pytest.raises(UnsafeContent):
        await conversation.deliver(SENDER, "jan@szkola.example", bare)
    assert conversation.is_open
    assert not [command for command in relay.commands if command.startswith("MAIL")]


@pytest.mark.parametrize(
    ("command", "answer", "stage"),
    [
        ("MAIL", "451 4.3.0 Later", Stage.MAIL),
        ("RCPT", "550 5.1.1 No such user", Stage.RCPT),
        ("RCPT", "550-5.1.1 No such\r\n550 5.1.1 user", Stage.RCPT),
        ("DATA", "554 5.7.1 No", Stage.DATA),
        ("CONTENT", "554 5.7.1 Spam", Stage.CONTENT),
    ],
)
async def test_a_refused_mail_leaves_the_connection_fit_for_the_next(
    relay: ScriptedRelay, open_conversation: Open, command: str, answer: str, stage: Stage
) -> None:
    conversation = await open_conversation()
    relay.answer(command, answer)
    reply = await conversation.deliver(SENDER, "gone@szkola.example", CONTENT)
    assert (reply.stage, reply.code) == (stage, int(answer[:3]))
    assert reply.text == "\n".join(line[4:] for line in answer.split("\r\n"))
    assert (await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)).code == 250
    assert relay.connections == 1
    assert [mail.recipient for mail in relay.mails] == ["jan@szkola.example"]


async def test_a_relay_that_awaits_content_for_nobody_gets_a_lone_dot(
    relay: ScriptedRelay, open_conversation: Open
) -> None:
    conversation = await open_conversation()
    relay.answer("RCPT", "550 5.1.1 No such user")
    relay.answer("DATA", "354 Go ahead anyway")
    assert (await conversation.deliver(SENDER, "gone@szkola.example", CONTENT)).stage is Stage.RCPT
    relay.script["DATA"].clear()
    assert (await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)).code == 250
    assert [mail.content for mail in relay.mails] == [CONTENT]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "CONTENT"])
async def test_421_is_an_answer_and_the_end_of_the_connection(
    relay: ScriptedRelay, open_conversation: Open, command: str
) -> None:
    conversation = await open_conversation()
    relay.answer(command, "421 4.7.0 Too many mails")
    reply = await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    assert reply == Reply(Stage(command.lower()), 421, "4.7.0 Too many mails")
    assert not conversation.is_open


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "CONTENT"])
async def test_silence_ends_with_the_deadline(relay: ScriptedRelay, open_conversation: Open, command: str) -> None:
    conversation = await open_conversation(envelope=0.3, content=0.3)
    relay.answer(command, SILENCE)
    began = time.monotonic()
    with pytest.raises(ConversationLost) as lost:
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    assert lost.value.silent
    assert lost.value.in_doubt == (command == "CONTENT")
    assert lost.value.about_recipient == (command != "MAIL")
    assert 0.25 < time.monotonic() - began < 2
    assert not conversation.is_open


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "CONTENT"])
async def test_a_reset_is_in_doubt_only_after_content_went_out(
    relay: ScriptedRelay, open_conversation: Open, command: str
) -> None:
    conversation = await open_conversation()
    relay.answer(command, RESET)
    with pytest.raises(ConversationLost) as lost:
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    assert not lost.value.silent
    assert lost.value.in_doubt == (command == "CONTENT")
    assert lost.value.about_recipient == (command != "MAIL")


async def test_a_deadline_holds_also_after_many_mails(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation(envelope=0.4, content=30)
    for _ in range(10):
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    relay.answer("RCPT", SILENCE)
    began = time.monotonic()
    with pytest.raises(ConversationLost):
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    assert time.monotonic() - began < 2


async def test_a_farewell_while_idle_closes_the_connection(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation()
    await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)
    await relay.stop()

    async def closed() -> bool:
        return not conversation.is_open

    await until(closed)


async def test_a_reply_without_end_is_no_reply(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation()
    relay.answer("MAIL", "250-" + "x" * 40_000)
    with pytest.raises(ConversationLost, match="no end"):
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)


async def test_what_is_no_smtp_ends_the_connection(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation()
    relay.answer("MAIL", "HTTP/1.1 400 Bad Request")
    with pytest.raises(ConversationLost, match="no SMTP"):
        await conversation.deliver(SENDER, "jan@szkola.example", CONTENT)


async def test_a_cancelled_mail_ends_its_connection(relay: ScriptedRelay, open_conversation: Open) -> None:
    conversation = await open_conversation()
    relay.answer("CONTENT", SILENCE)
    task = asyncio.create_task(conversation.deliver(SENDER, "jan@szkola.example", CONTENT))

    async def content_is_out() -> bool:
        return conversation.in_doubt

    await until(content_is_out)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not conversation.is_open


async def test_eight_bit_content_is_announced_or_not_sent() -> None:
    content = CONTENT + "zażółć\r\n".encode()
    for eight_bit in (True, False):
        async with ScriptedRelay(eight_bit=eight_bit) as relay:
            address = RelayAddress("127.0.0.1", relay.port, "none", "sender.example")
            conversation = await Relay(address, Deadlines(5, 5), connect_seconds=5).open()
            if eight_bit:
                await conversation.deliver(SENDER, "jan@szkola.example", content)
                assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME" in relay.commands
            else:
                with pytest.raises(UnsafeContent):
                    await conversation.deliver(SENDER, "jan@szkola.example", content)
            await conversation.quit()
