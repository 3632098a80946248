"""Connections to PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import structlog
from pydantic import PostgresDsn

log = structlog.get_logger()

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
"""A connection, of a pool or on its own."""

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

UNAVAILABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.InterfaceError,
)
"""The database is away, full or has no connection to spare."""

_CLASHES = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)


def unavailable(error: BaseException) -> bool:
    """Whether the database is away, so that the same work may succeed later (bad input is never that)."""
    return isinstance(error, UNAVAILABLE) and not isinstance(error, ValueError)


def transient(error: BaseException) -> bool:
    """Whether the same work may succeed when it is tried again: the database is away, or two workers clashed."""
    return unavailable(error) or isinstance(error, _CLASHES)


async def create_pool(url: PostgresDsn | str, *, size: int, application: str = "dzwonek") -> Pool:
    """A pool of at most `size` connections to `url`; waits, visibly in the log, until the server is there."""
    while True:
        try:
            return await asyncpg.create_pool(
                str(url),
                min_size=1,
                max_size=size,
                command_timeout=30,
                server_settings=_server_settings(application),
            )
        except UNAVAILABLE as error:
            log.warning("database_awaited", error=type(error).__name__)
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def connect_pool_once(url: PostgresDsn | str, *, size: int = 2) -> AsyncIterator[Pool]:
    """A small pool for a command: raises at once when the server is away, instead of waiting for it."""
    async with asyncpg.create_pool(str(url), min_size=1, max_size=size, timeout=10, command_timeout=60) as pool:
        yield pool


async def connect(url: PostgresDsn | str, *, application: str) -> "asyncpg.Connection[asyncpg.Record]":
    """A direct connection of its own, for session locks. Raises what asyncpg raises when the server is away."""
    return await asyncpg.connect(
        str(url), command_timeout=30, timeout=10, server_settings=_server_settings(application)
    )


def _server_settings(application: str) -> dict[str, Any]:
    return {"application_name": application, "jit": "off", "timezone": "UTC"}
