"""What the processes hold while they work: memory of their own, files and sockets, connections to PostgreSQL."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.memory import MEGABYTE, own_memory
from bench.soak.trend import Trend, trend
from devstack.system import System
from shared.runtime.postgres import Connection

SETTLING = 1 / 3
"""The part of the time in which caches fill and pools open; it does not count."""

OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY ($1)"


@dataclass
class Samples:
    """Samples of our processes, taken now and then."""

    system: System
    at: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    files: dict[str, list[float]] = field(default_factory=dict)
    connections: list[float] = field(default_factory=list)

    async def take(self, server: Connection) -> None:
        """One sample of each."""
        self.at.append(time.monotonic())
        for name, running in self.system.processes.items():
            pid = running.process.pid
            self.memory.setdefault(name, []).append(own_memory(pid) / MEGABYTE)
            self.files.setdefault(name, []).append(open_files(pid))
        databases = [url.rpartition("/")[2] for url in self.system.databases.values()]
        self.connections.append(await server.fetchval(OPEN, databases))

    def memory_trends(self) -> Mapping[str, Trend]:
        """Megabytes an hour, by process."""
        return {name: self._trend(values) for name, values in self.memory.items()}

    def file_trends(self) -> Mapping[str, Trend]:
        """Open files and sockets an hour, by process."""
        return {name: self._trend(values) for name, values in self.files.items()}

    def connection_trend(self) -> Trend:
        """Connections to PostgreSQL an hour."""
        return self._trend(self.connections)

    def _trend(self, values: Sequence[float]) -> Trend:
        first = int(len(self.at) * SETTLING)
        return trend(self.at[first:], values[first:])


def open_files(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - a path for each of them is not wanted
