"""What one side took for one run: counted by the side itself or read from the outside of its processes."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.memory import peak
from devstack.process import Process

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Effort:
    """So many items in so many seconds. `cpu_seconds` is what the side's own processes used meanwhile.

    `peak_bytes` is the most memory that a side had which measured itself, its libraries included.
    """

    items: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int = 0

    @property
    def rate(self) -> float:
        """Items a second."""
        return self.items / self.seconds

    @property
    def cpu_per_item(self) -> float:
        """CPU seconds for one item."""
        return self.cpu_seconds / self.items

    def line(self) -> str:
        """For whoever started this side as a process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "Effort":
        """What a side has printed. Raises ValueError or TypeError when it is no such line."""
        return cls(**json.loads(line))


class OwnWatch:
    """Measures the process that it runs in."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def stop(self, items: int) -> Effort:
        """What so many items took since it was made."""
        seconds, cpu_seconds = time.perf_counter() - self._began, time.process_time() - self._cpu
        return Effort(items, seconds, cpu_seconds, peak(os.getpid()))


class Watch:
    """Measures processes from outside, to a hundredth of a second of their CPU time."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self._pids = [process.pid for process in processes]
        self._began, self._cpu = time.perf_counter(), self._used()

    def stop(self, items: int) -> Effort:
        """What so many items took since it was made."""
        return Effort(items, time.perf_counter() - self._began, self._used() - self._cpu)

    def _used(self) -> float:
        return sum(cpu_seconds(pid) for pid in self._pids)


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used so far, in user and kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
