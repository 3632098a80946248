"""The health check of a container: 0 when ready, and what only a restart would mend is told to end."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from tests.waiting import until

from devstack.ports import free_port
from shared.runtime.health import Health
from shared.runtime.probe import probe
from shared.runtime.process import health_app, serve


@dataclass
class Container:
    """A process with its health at a port."""

    health: Health
    port: int
    process: "subprocess.Popen[bytes]"

    async def checked(self) -> str | None:
        """What its health check says; None: it is healthy."""
        try:
            await asyncio.to_thread(probe, self.port, self.process.pid)
        except SystemExit as ended:
            return str(ended)
        return None


@pytest.fixture
def process() -> "Iterator[subprocess.Popen[bytes]]":
    """A process that would go on for ever."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
async def container(process: "subprocess.Popen[bytes]") -> AsyncIterator[Container]:
    """A container whose process is at work."""
    stop, health, port = asyncio.Event(), Health(waiting_for=None), free_port()
    serving = asyncio.ensure_future(serve(health_app(health), host="127.0.0.1", port=port)(stop))
    container = Container(health, port, process)

    async def healthy() -> bool:
        return await container.checked() is None

    await until(healthy)
    yield container
    stop.set()
    await serving


async def test_one_that_is_not_ready_is_unhealthy_and_left_to_wait(container: Container) -> None:
    container.health.ready["kafka"] = lambda: "Kafka does not answer"
    assert await container.checked() == "it is not ready"
    assert container.process.poll() is None


async def test_one_that_fails_its_liveness_is_told_to_end(container: Container) -> None:
    container.health.live["consumers"] = lambda: "security has stood still for 61 s"
    assert await container.checked() == "it fails its liveness: told to end"
    assert await asyncio.to_thread(container.process.wait, 10) == -15


async def test_one_that_does_not_answer_is_unhealthy(container: Container) -> None:
    container.port = free_port()
    assert await container.checked() == "it does not answer (ConnectionRefusedError)"
    assert container.process.poll() is None
