"""A process of a service that kills itself at a crash point.

usage: python -m tests.chaos.crashing POINT NTH HITS MODULE ARGUMENT...     (it becomes `python -m MODULE ARGUMENT...`)
"""

import runpy
import sys
from pathlib import Path

from tests.chaos.crash_points import POINTS, arm


def main() -> None:
    """Arms the point and becomes the process."""
    point, nth, hits, module, *arguments = sys.argv[1:]
    arm(POINTS[point], nth=int(nth), hits=Path(hits))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
