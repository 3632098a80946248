"""The memory of processes while they work."""

from collections.abc import Mapping
from pathlib import Path

from devstack.process import Process

SETTLED_AFTER = 10_000
"""From so many items on a process has all that it needs, and may only keep it."""

MEGABYTE = 1_000_000


class Memory:
    """Looks at processes now and then and remembers the most that each had, its libraries included."""

    def __init__(self, processes: Mapping[str, Process]) -> None:
        self._processes = processes
        self._most: dict[str, float] = {}

    def look(self, items: int) -> None:
        """Call after so many items; before they are enough nothing counts."""
        if items >= SETTLED_AFTER:
            for name, process in self._processes.items():
                self._most[name] = max(self._most.get(name, 0.0), resident(process.pid) / MEGABYTE)

    @property
    def most(self) -> Mapping[str, float]:
        """The most megabytes by name; of nobody while the items were too few."""
        return self._most


def resident(pid: int) -> int:
    """The bytes of a process that are in memory, shared ones counted whole."""
    return _of_status(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most bytes that a process had in memory since its program began, shared ones counted whole."""
    return _of_status(pid, "VmHWM")


def own_memory(pid: int) -> int:
    """The bytes of a process that are its own, and in memory: no library, no file, nothing shared.

    What a fork has from its parent counts from the beginning, so that it grows by nothing when it is copied later.
    """
    return _of_status(pid, "RssAnon")


def _of_status(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{name}:"))
