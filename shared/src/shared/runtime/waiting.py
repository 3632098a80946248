"""Waiting that ends when the process is told to stop."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits so long, or until `stop`."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def unless(stop: asyncio.Event, work: Awaitable[T], *, grace: float = 0.0) -> T | None:
    """What `work` returns or raises; None when `stop` is set before it ends.

    Then `work` may take `grace` more seconds to end, and is cancelled: for what leaves something open when cancelled.
    """
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done() and grace:
            await asyncio.wait({working}, timeout=grace)
        return working.result() if working.done() else None
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.wait({working}, timeout=1)
