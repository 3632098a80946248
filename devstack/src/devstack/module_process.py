"""A Python module as a child process, forked from an interpreter that has the libraries loaded (see `preloaded`)."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

from devstack.preloaded import MESSAGE_BYTES, Program
from devstack.process import Process, inherited

ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""As in the image: the C library keeps a heap for each thread, and each that hashed a password 20 MB in it."""


class Preloaded:
    """The interpreter and our end of the socket. It ends, with all that came of it, when this process does."""

    def __init__(self) -> None:
        self._socket, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._alone = Lock()
        with its_end:
            self._interpreter = subprocess.Popen(
                [sys.executable, "-m", "devstack.preloaded", str(its_end.fileno())],
                stdin=subprocess.DEVNULL,
                env={**inherited(os.environ), **ONE_HEAP},
                pass_fds=[its_end.fileno()],
                process_group=0,
            )
        atexit.register(self._end)

    @property
    def pid(self) -> int:
        """Of the interpreter itself."""
        return self._interpreter.pid

    def start(self, program: Program) -> int:
        """Has it fork and become the program; the id of the new process."""
        pid = self._ask(program.message())
        if pid is None:
            raise RuntimeError("the interpreter with the libraries started nothing")
        return pid

    def exit_code(self, pid: int) -> int | None:
        """Of a process that came of it; None while it runs. To be asked for until it is there, and not again."""
        return self._ask(json.dumps({"poll": pid}).encode())

    def _end(self) -> None:
        self._socket.close()
        self._interpreter.wait()

    def _ask(self, message: bytes) -> int | None:
        with self._alone:
            self._socket.send(message)
            answer = self._socket.recv(MESSAGE_BYTES)
        if not answer:
            raise RuntimeError(f"the interpreter with the libraries ended with code {self._interpreter.wait()}")
        number: int | None = json.loads(answer)
        return number


@cache
def preloaded() -> Preloaded:
    """The one of this process. It takes a second to load: whoever will need it does well to ask early."""
    return Preloaded()


class Fork:
    """A child of the interpreter; the part of `subprocess.Popen` that `Process` needs."""

    def __init__(self, program: Program) -> None:
        self._ended: int | None = None
        self.pid = preloaded().start(program)

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        if self._ended is None:
            self._ended = preloaded().exit_code(self.pid)
        return self._ended

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class ModuleProcess(Process):
    """`python -m module`, started in a fraction of the time. It dies with this process, whichever thread started it."""

    def __init__(
        self, name: str, module: str, arguments: Sequence[str] = (), *, log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(name, [sys.executable, "-m", module, *arguments], log=log, env=env)
        self._module = module
        self._arguments = list(arguments)

    def _born(self) -> Fork:
        return Fork(
            Program(
                module=self._module,
                arguments=self._arguments,
                log=str(self.log.absolute()),
                env={**inherited(os.environ), **self.env},
                cwd=str(Path.cwd()),
            )
        )
