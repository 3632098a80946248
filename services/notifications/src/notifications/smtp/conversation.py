"""One kept connection to the relay, and the mails that go over it.

aiosmtplib opens the connection (greeting, EHLO, STARTTLS, AUTH); then its transport is handed to this protocol, which
does nothing but MAIL, RCPT, DATA and the content: no locks, no parsing of addresses, no pattern over the content, one
timer for a whole connection. Where the relay offers PIPELINING (RFC 2920) the envelope is one write.
"""

import asyncio
from dataclasses import dataclass

from notifications.domain.answers import Reply, Stage

MAX_REPLY_BYTES = 32 * 1024
_OK = range(200, 300)
_CONTINUE = 354
_CLOSING = 421
_TICK = 0.5
"""How often, in seconds, a connection in use looks at its deadline: a deadline of its own costs a command nothing."""


class ConversationLost(Exception):  # noqa: N818 - names what happened
    """The connection ended or fell silent in the middle of a mail.

    `in_doubt` tells that the content was on its way: the relay may have the mail. `silent` tells a deadline passed.
    `about_recipient` tells that the sender had been answered, so that the relay owed an answer about the recipient.
    """

    def __init__(self, reason: str, *, in_doubt: bool, silent: bool, about_recipient: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.in_doubt = in_doubt
        self.silent = silent
        self.about_recipient = about_recipient


class UnsafeContent(ValueError):  # noqa: N818 - names what is wrong
    """The content could be read as commands (a bare CR or LF) or holds bytes that the relay does not take."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """In seconds: `envelope` for MAIL, RCPT and DATA together, `content` from its first byte to its answer."""

    envelope: float
    content: float


class Conversation(asyncio.Protocol):
    """Sends one mail after the other. Not for two mails at once."""

    def __init__(
        self, transport: asyncio.Transport, deadlines: Deadlines, *, pipelining: bool, eight_bit: bool
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._deadlines = deadlines
        self._pipelining = pipelining
        self._eight_bit = eight_bit
        self._received = b""
        self._unfinished = ""
        self._replies: list[tuple[int, str]] = []
        self._wanted = 0
        self._relays_own = 0
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._envelope_open = False
        self.in_doubt = False
        """Whether content is on its way whose answer is not there yet."""
        self.mails = 0
        """How many mails went over it, whatever became of them."""
        self.used_at = self._loop.time()
        """When it last did anything, by the loop's clock."""
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether another mail can be sent over it."""
        return not self._closed and not self._transport.is_closing()

    async def deliver(self, sender: str, recipient: str, content: bytes) -> Reply:
        """Sends a mail and returns the reply that decides about it, whichever command it was to.

        `sender` and `recipient` are ASCII addresses without control characters, `content` has CRLF lines. Raises
        ConversationLost, and UnsafeContent before anything is sent.
        """
        body = self._body(content)
        option = b"" if content.isascii() else b" BODY=8BITMIME"
        commands = [
            (Stage.MAIL, b"MAIL FROM:<" + sender.encode("ascii") + b">" + option + b"\r\n"),
            (Stage.RCPT, b"RCPT TO:<" + recipient.encode("ascii") + b">\r\n"),
            (Stage.DATA, b"DATA\r\n"),
        ]
        self.mails += 1
        try:
            refusal = await (self._announce_at_once(commands) if self._pipelining else self._announce(commands))
            return refusal or await self._transfer(body)
        except BaseException:
            self.abort()
            raise
        finally:
            self.used_at = self._loop.time()

    async def quit(self, seconds: float = 2.0) -> None:
        """Ends the connection politely, within `seconds`."""
        if not self.is_open:
            return
        try:
            await self._exchange(b"QUIT\r\n", 1, self._loop.time() + seconds, relays_own=1)
        except ConversationLost:
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """Ends the connection at once."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Replies, or parts of them. What nobody asked for ends the connection: it is the server's farewell."""
        self._received += data
        if len(self._received) > MAX_REPLY_BYTES:
            return self._fail("the relay's reply has no end")
        *lines, self._received = self._received.split(b"\r\n")
        for line in lines:
            if not self._wanted:
                return self._fail("the relay spoke unasked")
            if not line[:3].isdigit():
                return self._fail("the relay's reply is no SMTP")
            self._take(line)
        return None

    def eof_received(self) -> bool:
        """The relay is done with us."""
        self._fail("the relay closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._fail("the connection was lost" if exc is None else f"the connection was lost ({type(exc).__name__})")

    async def _announce(self, commands: list[tuple[Stage, bytes]]) -> Reply | None:
        """The envelope, a command at a time. Returns the reply that refuses it, or None when content is awaited."""
        deadline = self._loop.time() + self._deadlines.envelope
        if self._envelope_open:
            await self._exchange(b"RSET\r\n", 1, deadline, relays_own=1)
        self._envelope_open = True
        for stage, command in commands:
            [(code, text)] = await self._exchange(command, 1, deadline, relays_own=int(stage is Stage.MAIL))
            if not _agrees(stage, code):
                self._leave_if_closing(code)
                return Reply(stage, code, text)
        return None

    async def _announce_at_once(self, commands: list[tuple[Stage, bytes]]) -> Reply | None:
        """The envelope in one write. The first refusal decides; what it makes of the later commands does not count."""
        deadline = self._loop.time() + self._deadlines.envelope
        reset = b"RSET\r\n" if self._envelope_open else b""
        self._envelope_open = True
        wanted = len(commands) + bool(reset)
        envelope = reset + b"".join(command for _, command in commands)
        replies = await self._exchange(envelope, wanted, deadline, relays_own=wanted - 2)
        if len(replies) < wanted:  # 421: the relay has closed without answering the rest
            stages = [stage for stage, _ in commands]
            return Reply(stages[max(len(replies) - 1 - bool(reset), 0)], *replies[-1])
        answers = list(zip((stage for stage, _ in commands), replies[bool(reset) :], strict=True))
        refusals = [Reply(stage, code, text) for stage, (code, text) in answers if not _agrees(stage, code)]
        if refusals and replies[-1][0] == _CONTINUE:
            await self._leave_content_out(refusals, deadline)
        return refusals[0] if refusals else None

    async def _leave_content_out(self, refusals: list[Reply], deadline: float) -> None:
        """The relay awaits content although it refused. To nobody that is a lone dot (RFC 2920, 3.1)."""
        if any(refusal.stage is Stage.RCPT for refusal in refusals):
            await self._exchange(b".\r\n", 1, deadline)
        else:
            self.abort()  # it has a recipient: a dot would be an empty mail

    async def _transfer(self, body: bytes) -> Reply:
        self.in_doubt = True
        [(code, text)] = await self._exchange(body, 1, self._loop.time() + self._deadlines.content)
        self.in_doubt = False
        self._envelope_open = code not in _OK
        self._leave_if_closing(code)
        return Reply(Stage.CONTENT, code, text)

    async def _exchange(
        self, data: bytes, replies: int, deadline: float, *, relays_own: int = 0
    ) -> list[tuple[int, str]]:
        """Writes `data` and waits for so many replies, or for the 421 that ends them early.

        The first `relays_own` of them have nothing to do with the recipient.
        """
        if not self.is_open:
            raise ConversationLost("the connection was closed", in_doubt=False, silent=False, about_recipient=False)
        self._replies = []
        self._relays_own = relays_own
        self._wanted = replies
        self._waiter = self._loop.create_future()
        self._deadline = deadline
        if self._timer is None:
            self._watch()
        self._transport.write(data)
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._wanted = 0
        return self._replies

    def _watch(self) -> None:
        """The one timer of the connection: it ticks while a reply is awaited and stops when none is."""
        self._timer = None
        now = self._loop.time()
        if self._waiter is None:
            return
        if now < self._deadline:
            self._timer = self._loop.call_at(min(self._deadline, now + _TICK), self._watch)
        else:
            self._fail("the relay fell silent", silent=True)

    def _take(self, line: bytes) -> None:
        """One line of a reply; `250-` goes on, `250 ` ends it."""
        text = line[4:].decode("utf-8", "replace")
        if self._unfinished:
            text = f"{self._unfinished}\n{text}"
        if line[3:4] == b"-":
            self._unfinished = text
            return
        self._unfinished = ""
        code = int(line[:3])
        self._replies.append((code, text))
        if code == _CLOSING:
            self._wanted = len(self._replies)
            self._closed = True
        if len(self._replies) == self._wanted:
            self._wanted = 0
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(None)

    def _fail(self, reason: str, *, silent: bool = False) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            about_recipient = len(self._replies) >= self._relays_own
            lost = ConversationLost(reason, in_doubt=self.in_doubt, silent=silent, about_recipient=about_recipient)
            waiter.set_exception(lost)
        self.abort()

    def _leave_if_closing(self, code: int) -> None:
        if code == _CLOSING:
            self.abort()

    def _body(self, content: bytes) -> bytes:
        """The content as it crosses the wire: dots doubled at the beginning of lines, the final dot behind it."""
        breaks = content.count(b"\r\n")
        if content.count(b"\n") != breaks or content.count(b"\r") != breaks:
            raise UnsafeContent("the content holds a bare CR or LF")
        if not self._eight_bit and not content.isascii():
            raise UnsafeContent("the content has bytes beyond ASCII and the relay offers no 8BITMIME")
        if b"\r\n." in content:
            content = content.replace(b"\r\n.", b"\r\n..")
        if content.startswith(b"."):
            content = b"." + content
        return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _agrees(stage: Stage, code: int) -> bool:
    return code == _CONTINUE if stage is Stage.DATA else code in _OK
