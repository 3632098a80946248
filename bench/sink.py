"""The SMTP server that takes every mail and keeps none: the same for both sides."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from bench.postfix import PostfixTools, postfix_tools
from devstack.module_process import ModuleProcess
from devstack.ports import free_port
from devstack.process import Process, until_ready

CONNECTIONS = 256
UNPRIVILEGED = "nobody"
READY_SECONDS = 10.0


class Sink:
    """Postfix's `smtp-sink`, or our own where that cannot be had, or is to answer a domain after some seconds."""

    def __init__(self, folder: Path, slow: tuple[str, float] | None = None) -> None:
        self.port = free_port()
        self.tools: PostfixTools | None = None if slow else postfix_tools()
        self._slow = slow
        self._process = self._of(folder / "sink.log", self.tools)

    @property
    def name(self) -> str:
        """Which it is."""
        return "smtp-sink of Postfix" if self.tools else "our own sink"

    async def start(self) -> None:
        """Starts it and returns once it listens."""
        await self._process.start()
        await until_ready(self._process, self._listens, seconds=READY_SECONDS)

    async def stop(self) -> None:
        """Ends it."""
        await self._process.stop()

    def _of(self, log: Path, tools: PostfixTools | None) -> Process:
        place = f"127.0.0.1:{self.port}"
        if tools is None:
            slow = map(str, self._slow or ())
            return ModuleProcess("the sink", "bench.raw.sink", [str(self.port), *slow], log=log)
        as_user = ["-u", UNPRIVILEGED] if os.geteuid() == 0 else []  # it refuses to be root
        command: list[str | Path] = [tools.sink, *as_user, "-m", str(CONNECTIONS), place, str(CONNECTIONS)]
        return Process("smtp-sink", command, log=log, env=tools.env)

    async def _listens(self) -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.close()
            return True
        return False
