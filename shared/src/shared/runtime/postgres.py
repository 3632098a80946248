"""Connections to PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import asyncpg
import structlog
from pydantic import PostgresDsn

log = structlog.get_logger()

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]"
"""A connection, of a pool or on its own."""

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

COMMAND_SECONDS = 30.0
"""How long a statement may take, unless it is said."""

FAULTS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What using the database may raise. The last is asyncpg's word when a connection ends just as it is used."""

_NOT_FROM_THE_NETWORK = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
_BAD_DATA = {"22", "23"}
_AWAY = {"08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"}
"""SQLSTATE classes: connection, read-only, sign-in, no such database, clash, resources, locks, operator, system."""


def unavailable(error: BaseException) -> bool:
    """Whether the database is away, full, closed to us or in a clash, so that the same work may succeed later."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in _AWAY
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # closed, not a value that does not fit
    if isinstance(error, OSError):
        return not isinstance(error, _NOT_FROM_THE_NETWORK)
    return isinstance(error, asyncpg.InternalClientError)


def transient(error: BaseException) -> bool:
    """Whether the same work may succeed when it is tried again.

    Whatever PostgreSQL refuses, except bad data, may be mended by an operator or a migration: no event is to blame.
    """
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] not in _BAD_DATA
    return unavailable(error)


async def create_pool(
    url: PostgresDsn | str, *, size: int, application: str = "dzwonek", command_seconds: float = COMMAND_SECONDS
) -> Pool:
    """A pool of at most `size` connections to `url`; waits, visibly in the log, until the server is there."""
    while True:
        try:
            return await asyncpg.create_pool(
                str(url),
                min_size=1,
                max_size=size,
                command_timeout=command_seconds,
                server_settings=_server_settings(application),
            )
        except FAULTS as error:
            if not unavailable(error):
                raise
            log.warning("database_awaited", error=type(error).__name__)
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def connect_pool_once(url: PostgresDsn | str, *, size: int = 2) -> AsyncIterator[Pool]:
    """A small pool for a command: raises at once when the server is away, instead of waiting for it."""
    settings = _server_settings("dzwonek-command")
    async with asyncpg.create_pool(
        str(url), min_size=1, max_size=size, timeout=10, command_timeout=60, server_settings=settings
    ) as pool:
        yield pool


def with_fresh_plans(url: PostgresDsn | str) -> PostgresDsn:
    """`url` for connections that plan each statement anew.

    A queue goes from empty to a million rows within minutes: a plan kept from when it was empty reads all of it.
    """
    return PostgresDsn(f"{url}{'&' if '?' in str(url) else '?'}plan_cache_mode=force_custom_plan")


async def connect(
    url: PostgresDsn | str,
    *,
    application: str,
    settings: Mapping[str, str] = MappingProxyType({}),
    command_seconds: float | None = COMMAND_SECONDS,
) -> "asyncpg.Connection[asyncpg.Record]":
    """A direct connection of its own, for session locks, with further `settings` of the server's.

    Raises what asyncpg raises when the server is away.
    """
    return await asyncpg.connect(
        str(url),
        command_timeout=command_seconds,
        timeout=10,
        server_settings={**_server_settings(application), **settings},
    )


def _server_settings(application: str) -> dict[str, Any]:
    return {
        "application_name": application,
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "timezone": "UTC",
    }
