"""An interpreter that has loaded the services' libraries, and becomes one of their programs whenever it is asked.

Loading the libraries takes a process one to two seconds of CPU time and tens of megabytes. Forks of this one share
both. It loads no code of ours, whose metrics and settings belong to one process each. It has a single thread, so that a
fork of it is whole.

usage: python -m devstack.preloaded SOCKET      (the number of its end of a socket pair, of messages in JSON)
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

from setproctitle import setproctitle

from devstack.launch import PR_SET_PDEATHSIG, prctl

MESSAGE_BYTES = 1 << 20

LIBRARIES = (
    "aiokafka",
    "aiosmtplib",
    "argon2",
    "asyncpg",
    "babel.dates",
    "cryptography.x509",
    "email_validator",
    "fastapi",
    "faststream.kafka",
    "httpx",
    "jinja2",
    "joserfc.jwt",
    "prometheus_client",
    "pydantic_settings",
    "segno",
    "structlog",
    "typer",
    "uvicorn.protocols.http.httptools_impl",
    "zxcvbn",
)


@dataclass(frozen=True)
class Program:
    """What a fork is to become: `python -m module`, with a log, variables and a working folder of its own."""

    module: str
    arguments: Sequence[str]
    log: str
    env: Mapping[str, str]
    cwd: str

    def message(self) -> bytes:
        """For the socket."""
        return json.dumps({"start": asdict(self)}).encode()


def load() -> None:
    """Loads the libraries, and keeps the collector of garbage from touching, and so copying, what forks share."""
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()


def serve(requests: socket.socket) -> Program:
    """Forks and tells of its forks until the other end is closed; returns in the fork alone, with what it is to be."""
    while message := requests.recv(MESSAGE_BYTES):
        asked = json.loads(message)
        if "start" not in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            requests.send(json.dumps(os.waitstatus_to_exitcode(status) if pid else None).encode())
            continue
        parent = os.getpid()
        if (pid := os.fork()) == 0:
            requests.close()
            _belong_to(parent)
            return Program(**asked["start"])
        requests.send(json.dumps(pid).encode())
    os._exit(0)  # the forks get their death signal


def _belong_to(parent: int) -> None:
    os.setpgid(0, 0)
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent died before the line above
        os._exit(1)


def become(program: Program) -> NoReturn:
    """Runs the program as the interpreter would with `-m`."""
    # Before the variables change, in whose place the title is written.
    setproctitle(" ".join([sys.executable, "-m", program.module, *program.arguments]))
    log = os.open(program.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    os.chdir(program.cwd)
    sys.path[0] = program.cwd
    os.environ.clear()
    os.environ.update(program.env)
    sys.argv = [program.module, *program.arguments]
    runpy.run_module(program.module, run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    load()
    become(serve(socket.socket(fileno=int(sys.argv[1]))))
