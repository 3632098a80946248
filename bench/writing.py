"""Rows written one by one over a few connections, as the requests of an API write them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import asyncpg

from bench.effort import Effort, OwnWatch

T = TypeVar("T")
CONNECTIONS = 10
"""As many as an API has by its own settings."""


async def written(
    url: str, items: Sequence[T], write: Callable[["asyncpg.Connection[asyncpg.Record]", T], Awaitable[object]]
) -> Effort:
    """Writes each item by itself; the time begins when every connection is open."""
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    rest = iter(items)

    async def one_after_the_other(connection: "asyncpg.Connection[asyncpg.Record]", rest: Iterator[T]) -> None:
        for item in rest:
            await write(connection, item)

    watch = OwnWatch()
    await asyncio.gather(*(one_after_the_other(connection, rest) for connection in connections))
    effort = watch.stop(len(items))
    await asyncio.gather(*(connection.close() for connection in connections))
    return effort
