"""A module of devstack running as a process of its own, on free ports."""

import asyncio
import re
from pathlib import Path
from typing import Self

from devstack.module_process import ModuleProcess
from devstack.process import until_ready

_READY = re.compile(r"^ready (http://\S+?)(?:, smtp \S+:(\d+))?$", re.MULTILINE)


class RunningModule:
    """`python -m MODULE ARGUMENTS` from entering until leaving the context."""

    def __init__(self, module: str, *arguments: str | Path, log: Path) -> None:
        self.process = ModuleProcess(module, module, [str(argument) for argument in arguments], log=log)
        self.url = ""
        self.smtp_port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.process.stop()

    async def start(self) -> None:
        """Starts it and waits for its ready line, which names the addresses."""
        self.process.log.unlink(missing_ok=True)
        await self.process.start()
        await until_ready(self.process, self._answers, seconds=30)

    async def _answers(self) -> bool:
        ready = _READY.search(await asyncio.to_thread(self.process.log.read_text))
        if ready:
            self.url, self.smtp_port = ready[1], int(ready[2] or 0)
        return ready is not None
