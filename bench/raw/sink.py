"""A sink of our own, where Postfix's cannot be had: it answers commands by their first letter and keeps nothing.

usage: python -m bench.raw.sink PORT
"""

import asyncio
import sys
from typing import cast

_END = b"\r\n.\r\n"
_OK = b"250 ok\r\n"
_ANSWERS = {
    b"E": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"D": b"354 go on\r\n",
    b"Q": b"221 bye\r\n",
}


class SinkProtocol(asyncio.Protocol):
    """One connection. It takes what well-behaved senders send, and no care of others."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        self._transport = cast("asyncio.Transport", transport)
        self._received = b""
        self._in_content = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands, or content up to its final dot."""
        self._received += data
        answers = []
        while (answer := self._next()) is not None:
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
        return _ANSWERS.get(head[:1].upper(), _OK)


async def main(port: int) -> None:
    """Listens until it is killed."""
    server = await asyncio.get_running_loop().create_server(SinkProtocol, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
