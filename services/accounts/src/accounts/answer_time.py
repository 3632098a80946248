"""Answers on a beat, so that their time does not tell which way was taken.

Every branch does the same costly work, but one writes a few rows more than another: some milliseconds, which many
requests could measure. So an answer waits for the next beat after its request; what is left is whether a beat was
missed, and that is noise.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

BEAT_SECONDS = 0.1


@asynccontextmanager
async def on_the_beat(seconds: float, *refusals: type[Exception]) -> AsyncIterator[None]:
    """Ends a whole number of beats of `seconds` after it began, also with one of these `refusals`.

    At once when they are 0, or when the work fails otherwise.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        yield
    except refusals:
        await _next_beat(began, seconds)
        raise
    await _next_beat(began, seconds)


async def _next_beat(began: float, seconds: float) -> None:
    if seconds:
        await asyncio.sleep((began - asyncio.get_running_loop().time()) % seconds)
