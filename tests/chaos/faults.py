"""What is done to the parts of a system."""

import asyncio

from devstack.system import System

SERVICES_PROCESSES = ("accounts-api", "accounts-worker", "notifications-worker", "notifications-sender")
SERVERS = ("kafka", "postgres")
GRACE_SECONDS = 25
"""What a process may take to end in good order: the twenty seconds of its parts, and their clean-up."""


async def kill(system: System, name: str) -> None:
    """SIGKILL, for it and what it has started."""
    await system.parts()[name].kill()


async def stop(system: System, name: str) -> int | None:
    """SIGTERM; its exit code when it has ended."""
    return await system.parts()[name].stop(grace=GRACE_SECONDS)


async def start(system: System, name: str) -> None:
    """Starts it again, as an operator's supervisor would, and returns when it is ready."""
    if name in SERVERS:
        server = system.kafka if name == "kafka" else system.postgres
        await server.start()
    else:
        await system.start_process(name)


async def freeze(system: System, name: str, *, seconds: float) -> None:
    """SIGSTOP, and SIGCONT after so long."""
    process = system.parts()[name]
    process.pause()
    try:
        await asyncio.sleep(seconds)
    finally:
        process.resume()
