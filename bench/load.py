"""The loads: so many a second, whether or not those before have come through, or all at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from bench.plan import NotMeasured

_TICK = 0.01
_LATE, _HITCH = 1.05, 1.0
"""With so many times the seconds, and a second, it was another rate."""

Write = Callable[[int], Awaitable[None]]


async def at_once(count: int, write: Write) -> None:
    """Has `write` write the items by their numbers, as fast as it can."""
    await asyncio.gather(*(write(number) for number in range(count)))


async def steady(count: int, rate: float, write: Write) -> None:
    """Has `write` write the items by their numbers, `rate` a second. Raises NotMeasured when it cannot keep up."""
    began, writing = time.perf_counter(), list[asyncio.Future[None]]()
    while len(writing) < count:
        due = min(int((time.perf_counter() - began) * rate) + 1, count)
        writing += [asyncio.ensure_future(write(number)) for number in range(len(writing), due)]
        await asyncio.sleep(_TICK)
    await asyncio.gather(*writing)
    if time.perf_counter() - began > count / rate * _LATE + _HITCH:
        raise NotMeasured(f"{rate:,.0f} a second could not be written")
