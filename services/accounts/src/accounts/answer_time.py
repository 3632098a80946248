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
async def on_the_beat(seconds: float) -> AsyncIterator[None]:
    """Ends a whole number of beats of `seconds` after it began; at once when they are 0, or when the work fails."""
    clock = asyncio.get_running_loop().time
    began = clock()
    yield
    if seconds:
        await asyncio.sleep((began - clock()) % seconds)
