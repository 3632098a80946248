"""A steady load: so many a second, whether or not those before have come through."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_TICK = 0.01


async def steady(count: int, rate: float, write: Callable[[int, int], Awaitable[None]]) -> float:
    """Has `write` write the items from one number up to another, `rate` a second, each tick's at once.

    Returns the seconds that it took, which are more than `count / rate` when writing cannot keep up.
    """
    began, done = time.perf_counter(), 0
    while done < count:
        due = min(int((time.perf_counter() - began) * rate) + 1, count)
        if due > done:
            await write(done, due)
            done = due
        await asyncio.sleep(_TICK)
    return time.perf_counter() - began
