"""One process of a service: its tasks, its health endpoints, its signals.

The parts of a process are coroutines that run until `stop` is set. When one fails the process ends with exit code 1,
so that its supervisor starts it again: a process is never half alive.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from shared.runtime.health import Health
from shared.runtime.settings import EXIT_BAD_SETTINGS

log = structlog.get_logger()

GRACE_SECONDS = 20
"""How long the parts may take to end after SIGTERM."""

CANCEL_SECONDS = 3
"""How long a part that was late may take to clean up."""

EXIT_FAILED = 1

Part = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set, then ends what it has begun and returns."""


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs `main` until SIGTERM or SIGINT sets its event. Exit code 1 when it fails."""
    try:
        asyncio.run(_until_signal(main))
    except CannotListen as error:
        print(error, file=sys.stderr)  # noqa: T201 - the process cannot start, this is its last word
        raise SystemExit(EXIT_BAD_SETTINGS) from None
    except Exception as error:
        log.critical("process_failed", error=type(error).__name__, exc_info=error)
        raise SystemExit(EXIT_FAILED) from None


async def _until_signal(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(stop)


async def run_parts(parts: Mapping[str, Part], stop: asyncio.Event) -> None:
    """Runs the parts side by side until `stop` is set or one of them fails; then all are told to stop.

    Raises what the failed part raised, or RuntimeError for a part that returned before the stop. Parts that have not
    ended `GRACE_SECONDS` after the stop are cancelled and the process ends with exit code 1.
    """
    tasks = {asyncio.create_task(_run(part, stop)): name for name, part in parts.items()}
    waiter = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({waiter, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        early = [name for task, name in tasks.items() if task.done() and not stop.is_set()]
        stop.set()
        await _end(tasks)
    finally:
        waiter.cancel()
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            raise error
    if early:
        raise RuntimeError(f"a part has ended by itself: {', '.join(early)}")


async def _run(part: Part, stop: asyncio.Event) -> None:
    await part(stop)


async def _end(tasks: Mapping["asyncio.Task[None]", str]) -> None:
    """Waits for the tasks, cancels those that are late, and ends the process when even that does not help.

    What is in flight then is as after a kill: nothing of it is lost, and leases and locks end by themselves.
    """
    _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    if not late:
        return
    for task in late:
        log.error("part_late", part=tasks[task])
        task.cancel()
    await asyncio.wait(late, timeout=CANCEL_SECONDS)
    log.critical("process_ended_hard", parts=sorted(tasks[task] for task in late))
    os._exit(EXIT_FAILED)


def serve(app: ASGIApp, *, host: str, port: int) -> Part:
    """A part that serves `app` over HTTP."""

    async def serving(stop: asyncio.Event) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,  # paths hold secret links; the gateway logs them cut
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS // 2,
            proxy_headers=False,
        )
        server = _Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[_bound(host, port)]))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()
        await serving

    return serving


class CannotListen(Exception):  # noqa: N818 - names what happened
    """The address is taken, or not this machine's; the message names the settings."""


def _bound(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises CannotListen."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise CannotListen(
            f"{host}:{port} cannot be listened on ({error.strerror}): choose another DZWONEK_PORT or DZWONEK_HOST"
        ) from None
    # Passed on to each connection. Without it the second half of an answer waits 40 ms for the client's kernel, because
    # asyncio sets it only on sockets that name their protocol.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


class _Server(uvicorn.Server):
    """Leaves the signals to the process, which has more to end than the server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: see the class."""
        yield


def health_app(health: Health) -> Starlette:
    """The HTTP side of a process that has no API: health and metrics alone."""
    return Starlette(routes=health.routes())


def calm_garbage_collection() -> None:
    """Call when all is loaded: what is loaded stays, so collecting it again and again only costs latency.

    What is made afterwards is little, so all of it may be looked through often. Otherwise what lived through a
    collection by chance would stay for hours.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)
