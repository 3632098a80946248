"""A process lives as long as all of its parts."""

import asyncio
import socket
from contextlib import suppress

import httpx
import pytest
from tests.waiting import until

from devstack.ports import free_port
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


async def test_an_answer_over_a_kept_connection_does_not_wait_for_the_clients_kernel() -> None:
    """A kernel that waits with its acknowledgement does so for 40 ms."""
    stop, port = asyncio.Event(), free_port()
    serving = asyncio.ensure_future(serve(health_app(Health(waiting_for=None)), host="127.0.0.1", port=port)(stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

        async def answers() -> bool:
            with suppress(httpx.TransportError):
                return (await client.get("/livez")).is_success
            return False

        await until(answers)
        seconds = [(await client.get("/livez")).elapsed.total_seconds() for _ in range(12)]
    stop.set()
    await serving
    assert min(seconds[4:]) < 0.03
