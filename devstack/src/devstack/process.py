"""A child process that dies with its parent, writes its own log, and can be stopped, killed and frozen."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

LAUNCHER = Path(__file__).with_name("launch.py")
OURS = "DZWONEK_"
MIRROR = "DZWONEK_MAVEN_MIRROR"
"""The variable with the URL of a Maven registry to fetch from instead of the public one."""
POLL = 0.02
PAUSE_POLL = 0.001


class StartError(RuntimeError):
    """A part did not become ready; the message ends with the last lines of its log."""


class Child(Protocol):
    """What is asked of a child that was started."""

    @property
    def pid(self) -> int:
        """Its id."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""

    def send_signal(self, number: signal.Signals, /) -> None:
        """Sends it a signal, unless it has ended."""


class Process:
    """One program, started and stopped as often as wanted, always with the same log.

    It belongs to no event loop: it may be started in one and stopped in another. It dies with the *thread* that started
    it, so start it from one that lives as long as it should.

    Args:
        name: what messages call it.
        command: the program and its arguments.
        log: the file that its output is added to.
        env: variables on top of this process's own, of which it gets none that is a setting of ours (see `inherited`).
        cwd: its working folder.
        stop_signal: what asks it to end in good order.
        death_signal: what it gets when its parent dies. Only SIGKILL ends it while it is frozen, too.
        uid: the user to become, for a root that starts what must not be root.
        niceness: 19 for work that should be in nobody's way.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
        uid: int | None = None,
        niceness: int = 0,
    ) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self.env = dict(env or {})
        self.cwd = cwd
        self.stop_signal = stop_signal
        self.death_signal = death_signal
        self.uid = uid
        self.niceness = niceness
        self._child: Child | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs or ran last. Raises RuntimeError if it was never started."""
        return self._started().pid

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the number of the signal that ended it."""
        return self._child.poll() if self._child else None

    async def start(self) -> None:
        """Starts it in a process group of its own, so that Ctrl-C in the terminal reaches the parent alone."""
        if self.running:
            raise RuntimeError(f"{self.name} is running already")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        self._child = self._born()

    def _born(self) -> Child:
        uid = -1 if self.uid is None else self.uid
        launcher = [sys.executable, "-I", "-S", LAUNCHER, os.getpid(), self.death_signal.value, uid, self.niceness]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*map(str, launcher), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**inherited(os.environ), **self.env},
                cwd=self.cwd,
                process_group=0,
            )

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        child = self._started()
        while True:
            if (code := child.poll()) is not None:
                return code
            await asyncio.sleep(POLL)

    async def stop(self, grace: float = 10) -> int | None:
        """Asks it to end, kills it and its descendants after `grace` seconds; its exit code, None if never started."""
        if self._child is None:
            return None
        descendants = self.tree()[1:]
        self.resume()
        self._signal(self.stop_signal)
        try:
            async with asyncio.timeout(grace):
                await self.wait()
        except TimeoutError:
            descendants = self.tree()[1:]
            self._signal(signal.SIGKILL)
        code = await self.wait()
        signal_all(descendants, signal.SIGKILL)
        return code

    async def kill(self) -> None:
        """Ends it and its descendants at once (SIGKILL), as a crash would."""
        signal_all(self.tree(), signal.SIGKILL)
        if self._child is not None:
            await self.wait()

    async def restart(self) -> None:
        """Stops it, if it runs, and starts it again."""
        await self.stop()
        await self.start()

    def pause(self) -> None:
        """Freezes it and its descendants (SIGSTOP), and returns when none of their threads runs any more."""
        pids = self.tree()
        signal_all(pids, signal.SIGSTOP)
        while any(has_running_thread(pid) for pid in pids):
            time.sleep(PAUSE_POLL)

    def resume(self) -> None:
        """Lets it go on after `pause`."""
        signal_all(self.tree(), signal.SIGCONT)

    def tree(self) -> list[int]:
        """Ids of the process and all its descendants, itself first; empty when it does not run."""
        return [self.pid, *descendants_of(self.pid)] if self.running else []

    def pss(self) -> int:
        """Bytes of memory of the whole tree, shared pages counted in parts (proportional set size)."""
        return sum(pss_of(pid) for pid in self.tree())

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _started(self) -> Child:
        if self._child is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._child

    def _signal(self, number: signal.Signals) -> None:
        if self.running:
            self._started().send_signal(number)


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """What a child gets of its parent's variables: a setting in somebody's shell must not change the system.

    Only where the jars come from is for all that runs here.
    """
    return {name: value for name, value in environment.items() if not name.upper().startswith(OURS) or name == MIRROR}


async def until_ready(process: Process, answers: Callable[[], Awaitable[bool]], *, seconds: float) -> None:
    """Waits until `answers` says yes.

    Raises StartError, with the end of the log, when the process ends before or `seconds` have passed; a process that
    did not become ready is killed.
    """
    deadline = time.monotonic() + seconds
    try:
        while not await answers():
            check_alive(process, deadline, seconds)
            await asyncio.sleep(POLL)
    except BaseException:
        await process.kill()
        raise


def check_alive(process: Process, deadline: float, seconds: float) -> None:
    """Raises StartError where it is no use to wait on."""
    if not process.running:
        raise StartError(f"{process.name} ended with code {process.exit_code}; its log:\n{process.tail()}")
    if time.monotonic() > deadline:
        raise StartError(f"{process.name} was not ready in {seconds:g} s; its log:\n{process.tail()}")


def signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    """Sends a signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def descendants_of(ancestor: int) -> list[int]:
    """Ids of the children of a process, their children, and so on."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (parent := parent_of(int(folder.name))) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found, todo = [], [ancestor]
    while todo:
        next_ones = children.get(todo.pop(), [])
        found += next_ones
        todo += next_ones
    return found


def parent_of(pid: int) -> int | None:
    """The id of a process's parent; None if the process is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(stat.rpartition(")")[2].split()[1])  # the name before it may hold anything


def has_running_thread(pid: int) -> bool:
    """Whether any thread of a process can still do something.

    One that waits inside the kernel (`D`, for the disk or for a child it has just forked) stops before it goes on.
    """
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            state = stat.read_text(errors="replace").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state in "RS":
            return True
    return False


def pss_of(pid: int) -> int:
    """Bytes of one process (proportional set size); 0 if it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
