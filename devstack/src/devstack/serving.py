"""HTTP for the processes of devstack: binds first, so that port 0 takes a free port whose number can be told."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 2
"""How long requests in work may take to end after the stop."""


def bind(host: str, port: int) -> socket.socket:
    """A listening address, bound; 0 takes a free port. Raises SystemExit 1 with one line when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio sets TCP_NODELAY
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise SystemExit(f"{host}:{port} cannot be served: {error.strerror or error}") from None
    bound.setblocking(False)
    return bound


def address(bound: socket.socket) -> str:
    """The bound address as HOST:PORT."""
    host, port, *_ = bound.getsockname()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class HttpServer(uvicorn.Server):
    """Serves an app on a bound address; prints the line `ready` when it does. The signals are left to the process."""

    def __init__(self, app: ASGIApp, bound: socket.socket, *, ready: str, date_header: bool = True) -> None:
        self._bound = bound
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,  # paths hold secret links
                log_config=None,
                log_level="critical",
                ws="none",
                lifespan="off",
                server_header=False,
                date_header=date_header,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: see the class."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer requests and prints the line that the starter of this process waits for."""
        await super().startup(sockets)
        print(self._ready, flush=True)  # noqa: T201

    async def serve_until(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set, then lets the requests in work end."""
        serving = asyncio.ensure_future(self.serve([self._bound]))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self.should_exit = True
        await serving
