"""What is done to the parts of a system."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from devstack.module_process import ModuleProcess
from devstack.ports import free_port
from devstack.process import Process
from devstack.system import Running, System
from tests.chaos.at_work import Witness, witness
from tests.chaos.crash_points import SENDER, CrashPoint
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.waiting import until

PROCESSES = ("accounts-api", "accounts-worker", "notifications-worker", "notifications-sender")
SERVERS = ("kafka", "postgres")
GRACE_SECONDS = 25
"""What a process may take to end in good order: the twenty seconds of its parts, and their clean-up."""

WORK_SECONDS = 120.0
"""How long a part may wait for work under load."""

ANSWER_SECONDS = 0.05
"""What a part has answered before it was frozen has arrived after so long."""

POINT_SECONDS = 40.0
"""How long a process may take to start and to come to its crash point under load."""


class Faults:
    """Ends and starts the parts of one system, and lets its ledger know what may come twice by it."""

    def __init__(self, system: System, load: Load, ledger: Ledger) -> None:
        self._system = system
        self._load = load
        self._ledger = ledger

    async def kill(self, name: str) -> None:
        """SIGKILL, for it and what it has started."""
        await self._system.parts()[name].kill()
        await self._ended(name)

    async def kill_at_work(self, name: str) -> None:
        """The same with work in its hands."""
        await self.freeze_at_work(name)
        await self.kill(name)

    async def freeze_at_work(self, name: str) -> None:
        """SIGSTOP with work in its hands: some of what it had before that is unfinished when it stands still.

        PostgreSQL is not frozen, as it is what is asked: it is seen at work, and goes on.
        """
        part = self._system.parts()[name]

        async def caught(seen_by: Witness) -> bool:
            before = await seen_by.work_of(name)
            if not before or name == "postgres":
                return bool(before)
            part.pause()
            await asyncio.sleep(ANSWER_SECONDS)
            if before & await seen_by.work_of(name):
                return True
            part.resume()
            return False

        async with witness(self._system, self._load, self._ledger) as somebody:
            await until(lambda: caught(somebody), seconds=WORK_SECONDS)

    async def stop(self, name: str) -> int | None:
        """SIGTERM; its exit code when it has ended."""
        return await self._system.parts()[name].stop(grace=GRACE_SECONDS)

    async def restart(self, name: str) -> None:
        """Ends it in good order and starts it again."""
        await self.stop(name)
        await self.start(name)

    async def start(self, name: str) -> None:
        """Starts it again and returns when it is ready."""
        if name == "postgres":
            await self._system.postgres.start()
        elif name in self._system.kafka.named:
            await self._system.kafka.named[name].start()
        else:
            await self._system.start_process(name)

    @asynccontextmanager
    async def second(self, name: str, **settings: str) -> AsyncIterator[Running]:
        """Another process of the same kind beside it, with further settings, which ends in good order."""
        another, port = f"{name}-2", free_port()
        process = _like(self._system.processes[name].process, another, {"DZWONEK_PORT": str(port), **settings})
        self._system.processes[another] = Running(process, port)
        try:
            await self.start(another)
            yield self._system.processes[another]
            await self.stop(another)
        finally:
            await process.kill()
            del self._system.processes[another]

    @asynccontextmanager
    async def with_settings(self, name: str, **settings: str) -> AsyncIterator[None]:
        """It is started anew with further settings, whether or not it gets ready with them, and then as before."""
        async with self._instead(name, _like(self._system.processes[name].process, name, settings)):
            yield
            await self.stop(name)
        await self.start(name)

    @asynccontextmanager
    async def hanging(self, name: str, stall_seconds: float) -> AsyncIterator[None]:
        """A worker whose consumers never come back from a batch stands in its place, and then it is started anew."""
        whole = self._system.processes[name].process
        arguments = [str(stall_seconds), *_program(whole)]
        async with self._instead(
            name, ModuleProcess(name, "tests.chaos.hanging", arguments, log=whole.log, env=whole.env)
        ):
            yield
        await self.start(name)

    async def freeze(self, name: str, *, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so long."""
        process = self._system.parts()[name]
        process.pause()
        try:
            await asyncio.sleep(seconds)
        finally:
            process.resume()

    async def crash(self, point: CrashPoint, *, nth: int = 1) -> None:
        """Has the point's process kill itself there, at its `nth` coming after a start, and waits for that.

        It is not started again. Raises AssertionError or TimeoutError when it does not come to the point.
        """
        whole = self._system.processes[point.process].process
        module, *arguments = _program(whole)
        hits = self._system.folder / "hits"
        armed = [point.name, str(nth), str(hits), module, *arguments]
        crashing = ModuleProcess(whole.name, "tests.chaos.crashing", armed, log=whole.log, env=whole.env)
        before = len(_lines(hits))
        async with self._instead(point.process, crashing):
            async with asyncio.timeout(POINT_SECONDS):
                code = await crashing.wait()
            assert code == -signal.SIGKILL, crashing.tail()
            assert _lines(hits)[before:] == [point.name] * nth
        await self._ended(point.process)

    @asynccontextmanager
    async def _instead(self, name: str, process: Process) -> AsyncIterator[None]:
        """Ends a process in good order and starts this one in its place, where the other is again afterwards."""
        await self.stop(name)
        running = self._system.processes[name]
        whole, running.process = running.process, process
        try:
            await process.start()
            yield
        finally:
            await process.kill()
            running.process = whole

    async def _ended(self, name: str) -> None:
        if name == SENDER:
            await self._ledger.note_end_of_sender()


def _like(process: Process, name: str, settings: Mapping[str, str]) -> ModuleProcess:
    """A process that does the same, with further settings."""
    module, *arguments = _program(process)
    return ModuleProcess(name, module, arguments, log=process.log.with_stem(name), env={**process.env, **settings})


def _program(process: Process) -> Sequence[str]:
    """The module that it runs, and its arguments."""
    return process.command[2:]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
