"""A worker whose consumers take a batch and never come back from it, while everything else of it goes on.

usage: python -m tests.chaos.hanging STALL_SECONDS MODULE ARGUMENT...     (it becomes `python -m MODULE ARGUMENT...`)
"""

import asyncio
import runpy
import sys
from collections.abc import Sequence

from shared.runtime.consumer import Arrival, Inbox
from shared.runtime.watchdog import Watchdog


async def never_done(_: Inbox, __: Sequence[Arrival]) -> None:
    """Applies nothing and says nothing."""
    await asyncio.Event().wait()


def main() -> None:
    """Lets the consumers hang and becomes the process, whose watchdog is patient for so many seconds."""
    stall_seconds, module, *arguments = sys.argv[1:]
    Inbox.apply = never_done  # type: ignore[assignment,method-assign]
    defaults = Watchdog.__init__.__kwdefaults__
    assert defaults is not None
    defaults["stall_seconds"] = float(stall_seconds)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
