"""A command of a service, run to its end as the people who run it do."""

from collections.abc import Mapping
from pathlib import Path

from devstack.module_process import ModuleProcess
from devstack.process import StartError


async def run_command(service: str, *arguments: str, log: Path, env: Mapping[str, str]) -> str:
    """What the command printed, which is added to the log. It ends with whoever waits for it.

    Raises StartError, with the end of the log, when it fails.
    """
    before = _text(log)
    process = ModuleProcess(f"{service} {' '.join(arguments[:2])}", service, arguments, log=log, env=env)
    await process.start()
    try:
        code = await process.wait()
    finally:
        await process.kill()
    if code != 0:
        raise StartError(f"{process.name} failed:\n{process.tail()}")
    return _text(log).removeprefix(before)


def _text(log: Path) -> str:
    return log.read_text() if log.exists() else ""
