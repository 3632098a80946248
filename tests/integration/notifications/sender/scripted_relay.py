"""A relay that answers as a test tells it to: SMTP over TCP, with PIPELINING, STARTTLS and AUTH where asked for."""

import asyncio
import base64
import ssl
from collections import defaultdict, deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

SILENCE = "silence"
"""Never answers, and keeps the connection."""

RESET = "reset"
"""Breaks the connection off."""

_GOOD = {
    "GREETING": "220 relay.example ESMTP",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go ahead",
    "CONTENT": "250 2.0.0 Ok: queued",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass(frozen=True)
class Received:
    """A mail that was accepted."""

    connection: int
    sender: str
    recipient: str
    content: bytes


@dataclass
class ScriptedRelay:
    """Answers well, except where `script` has answers left for a command: each is given once, in their order."""

    pipelining: bool = True
    eight_bit: bool = True
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    user: tuple[str, str] | None = None
    delay: float = 0.0
    most_connections: int = 1000
    port: int = 0
    script: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    mails: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    writes: list[bytes] = field(default_factory=list)
    connections: int = 0
    encrypted: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens, on the same port as before."""
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listens no more and breaks every connection off."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()
        if self._server is not None:
            await self._server.wait_closed()

    def answer(self, command: str, *answers: str) -> None:
        """The next answers to a command (GREETING, MAIL, RCPT, DATA, CONTENT, RSET)."""
        self.script[command].extend(answers)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        if len(self._open) > self.most_connections:
            self.answer("GREETING", "421 4.7.0 Too many connections")
        try:
            await _Session(self, reader, writer, self.connections).run()
        except (ConnectionError, asyncio.IncompleteReadError, _HungUpError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()


class _HungUpError(Exception):
    pass


class _Session:
    def __init__(
        self, relay: ScriptedRelay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self._relay = relay
        self._reader = reader
        self._writer = writer
        self._number = number
        self._sender = ""
        self._recipient = ""

    async def run(self) -> None:
        await self._reply("GREETING")
        while line := (await self._reader.readline()).decode():
            verb, _, argument = line.strip().partition(" ")
            self._relay.commands.append(line.strip())
            if verb in {"EHLO", "HELO"}:
                self._writer.write(self._capabilities(verb).encode())
            elif verb == "STARTTLS":
                await self._encrypt()
            elif verb == "AUTH":
                await self._sign_in(argument)
            elif verb == "DATA":
                await self._data()
            else:
                await self._command(verb, argument)
            await self._writer.drain()

    async def _command(self, verb: str, argument: str) -> None:
        if verb == "RCPT" and not self._sender:
            self._writer.write(b"503 5.5.1 MAIL first\r\n")
            return
        answer = await self._reply(verb)
        if verb == "MAIL" and answer.startswith("2"):
            self._sender, self._recipient = argument.split("<")[1].split(">", maxsplit=1)[0], ""
        elif verb == "RCPT" and answer.startswith("2"):
            self._recipient = argument.split("<")[1].split(">", maxsplit=1)[0]
        elif verb == "RSET":
            self._sender = self._recipient = ""
        elif verb == "QUIT":
            await self._writer.drain()
            raise _HungUpError

    async def _data(self) -> None:
        if not self._recipient and not self._relay.script["DATA"]:
            self._writer.write(b"554 5.5.1 No valid recipients\r\n")
            return
        if not (await self._reply("DATA")).startswith("3"):
            return
        content = await self._reader.readuntil(b"\r\n.\r\n") if self._recipient else await self._reader.readline()
        if self._relay.delay:
            await asyncio.sleep(self._relay.delay)
        if not self._recipient:
            self._writer.write(b"554 5.5.1 No valid recipients\r\n")
        elif (await self._reply("CONTENT")).startswith("2"):
            body = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
            self._relay.mails.append(Received(self._number, self._sender, self._recipient, body))
        self._sender = self._recipient = ""

    async def _reply(self, command: str) -> str:
        script = self._relay.script[command]
        answer = script.popleft() if script else _GOOD[command]
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer == RESET:
            self._writer.transport.abort()
            raise _HungUpError
        self._writer.write(answer.encode() + b"\r\n")
        if answer.startswith("421"):
            await self._writer.drain()
            raise _HungUpError
        return answer

    def _capabilities(self, verb: str) -> str:
        if verb == "HELO":
            return "250 relay.example\r\n"
        names = ["relay.example", "SIZE 10240000"]
        names += ["PIPELINING"] if self._relay.pipelining else []
        names += ["8BITMIME"] if self._relay.eight_bit else []
        names += ["STARTTLS"] if self._relay.starttls else []
        names += ["AUTH PLAIN"] if self._relay.user else []
        return "".join(f"250{'-' if name is not names[-1] else ' '}{name}\r\n" for name in names)

    async def _encrypt(self) -> None:
        self._writer.write(b"220 2.0.0 Ready\r\n")
        await self._writer.drain()
        assert self._relay.starttls is not None
        await self._writer.start_tls(self._relay.starttls)
        self._relay.encrypted += 1

    async def _sign_in(self, argument: str) -> None:
        _, user, password = base64.b64decode(argument.split(" ")[1]).decode().split("\0")
        good = (user, password) == self._relay.user
        self._writer.write(b"235 2.7.0 Ok\r\n" if good else b"535 5.7.8 Wrong\r\n")
