"""A sink of our own, where Postfix's cannot be had: it answers commands by their first letter and keeps nothing.

It can be made to answer recipients in one domain only after some seconds, which Postfix's cannot.

usage: python -m bench.raw.sink PORT [DOMAIN SECONDS]
"""

import asyncio
import sys
from dataclasses import dataclass
from functools import partial
from typing import cast

_END = b"\r\n.\r\n"
_OK = b"250 ok\r\n"
_ANSWERS = {
    b"E": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"D": b"354 go on\r\n",
    b"Q": b"221 bye\r\n",
}


@dataclass(frozen=True, slots=True)
class Slow:
    """Recipients in `domain` are answered only after `seconds`."""

    domain: bytes
    seconds: float


class SinkProtocol(asyncio.Protocol):
    """One connection. It takes what well-behaved senders send, and no care of others."""

    def __init__(self, slow: Slow | None = None) -> None:
        self._slow = slow
        self._received = b""
        self._in_content = False
        self._waits = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands, or content up to its final dot."""
        self._received += data
        if not self._waits:
            self._answer()

    def _answer(self) -> None:
        answers = []
        while not self._waits and (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        """The answer to what is there whole, or None."""
        end = _END if self._in_content else b"\r\n"
        head, found, rest = self._received.partition(end)
        if not found:
            return None
        self._received = rest
        if self._in_content:
            self._in_content = False
            return _OK
        self._in_content = head[:1].upper() == b"D"
        if self._slow and head[:1].upper() == b"R" and self._slow.domain in head:
            self._waits = True
            asyncio.get_running_loop().call_later(self._slow.seconds, self._go_on)
            return b""
        return _ANSWERS.get(head[:1].upper(), _OK)

    def _go_on(self) -> None:
        """Answers the recipient, and what came meanwhile."""
        self._waits = False
        self._transport.write(_OK)
        self._answer()


async def main(port: int, slow: Slow | None) -> None:
    """Listens until it is killed."""
    made = partial(SinkProtocol, slow)
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    slow = Slow(f"@{sys.argv[2]}>".encode(), float(sys.argv[3])) if len(sys.argv) > 2 else None  # noqa: PLR2004 - the usage
    asyncio.run(main(int(sys.argv[1]), slow))
