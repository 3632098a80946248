"""A process lives as long as all of its parts."""

import asyncio

import pytest

from shared.runtime.process import run_parts


async def until_stopped(stop: asyncio.Event) -> None:
    await stop.wait()


async def failing(_: asyncio.Event) -> None:
    raise OSError("away")


async def test_all_parts_end_at_the_stop() -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(run_parts({"one": until_stopped, "other": until_stopped}, stop))
    await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    await running


async def test_a_part_that_ends_by_itself_ends_the_process_as_a_failure() -> None:
    async def returning(_: asyncio.Event) -> None:
        return None

    with pytest.raises(RuntimeError, match="other"):
        await run_parts({"one": until_stopped, "other": returning}, asyncio.Event())


async def test_a_part_that_fails_ends_the_others_and_is_told() -> None:
    stop = asyncio.Event()
    with pytest.raises(OSError, match="away"):
        await run_parts({"one": until_stopped, "other": failing}, stop)
    assert stop.is_set()
