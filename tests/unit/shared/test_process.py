"""A process lives as long as all of its parts."""

import asyncio
import socket

import pytest

from shared.runtime.health import Health
from shared.runtime.process import health_app, run, run_parts, serve


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


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.example"])
def test_an_address_that_cannot_be_listened_on_is_said_in_one_line(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        part = serve(health_app(Health()), host=host, port=taken.getsockname()[1])
        with pytest.raises(SystemExit) as ended:
            run(lambda stop: run_parts({"health": part, "work": until_stopped}, stop))
    assert ended.value.code == 2
    line = capsys.readouterr().err
    assert "choose another DZWONEK_PORT" in line
    assert line.count("\n") == 1


async def test_a_part_that_fails_ends_the_others_and_is_told() -> None:
    stop = asyncio.Event()
    with pytest.raises(OSError, match="away"):
        await run_parts({"one": until_stopped, "other": failing}, stop)
    assert stop.is_set()
