"""Waiting for the end of a run."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared.runtime.postgres import Connection, connect

LOOK_SECONDS = 0.05
LONGEST_SECONDS = 180.0


async def until(done: Callable[[], Awaitable[bool]], *, seconds: float = LONGEST_SECONDS) -> None:
    """Returns when `done` says so, to a twentieth of a second. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await done():  # noqa: ASYNC110 - what is asked is another process's
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection for the bench's own statements."""
    connection = await connect(url, application="bench")
    try:
        yield connection
    finally:
        await connection.close()
