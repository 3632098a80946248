"""The loads: so many a second, whether or not those before have come through, or all at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.plan import NotMeasured

_TICK = 0.01
_LATE = 1.1
"""With so many times the seconds it was another rate."""


Write = Callable[[int], Awaitable[None]]


async def at_once(count: int, write: Write) -> None:
    """Has `write` write the items by their numbers, as fast as it can."""
    await asyncio.gather(*(write(number) for number in range(count)))


async def steady(count: int, rate: float, write: Write) -> None:
    """Has `write` write the items by their numbers, `rate` a second, those of a tick at once.

    Raises NotMeasured when it cannot keep up.
    """
    began, done = time.perf_counter(), 0
    while done < count:
        due = min(int((time.perf_counter() - began) * rate) + 1, count)
        await asyncio.gather(*(write(number) for number in range(done, due)))
        done = due
        await asyncio.sleep(_TICK)
    if time.perf_counter() - began > count / rate * _LATE:
        raise NotMeasured(f"{rate:,.0f} a second could not be written")
