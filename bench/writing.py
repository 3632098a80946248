"""Rows written one by one over a few connections, as the requests of an API write them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TypeVar

import asyncpg

from bench.effort import Effort, OwnWatch

T = TypeVar("T")
FIRST_ITEMS = 3
CONNECTIONS = 10
"""As many as an API has by its own settings."""


async def written(
    url: str, items: Sequence[T], write: Callable[["asyncpg.Connection[asyncpg.Record]", T], Awaitable[object]]
) -> Effort:
    """Writes each item by itself. The time begins when every connection is open and has written its first items.

    A connection takes long over those: it asks for the types and the plan of its statement.
    """
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    rest = iter(items)
    for connection in connections:
        for item in islice(rest, FIRST_ITEMS):
            await write(connection, item)

    async def one_after_the_other(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        for item in rest:
            await write(connection, item)

    watch = OwnWatch()
    await asyncio.gather(*(one_after_the_other(connection) for connection in connections))
    effort = watch.stop(len(items) - CONNECTIONS * FIRST_ITEMS)
    await asyncio.gather(*(connection.close() for connection in connections))
    return effort
