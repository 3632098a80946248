"""The start of a process of any service: its settings, its log, its traces, then its work."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from shared.runtime.logs import configure_logs
from shared.runtime.misspelt import warn_of_misspelt
from shared.runtime.process import run
from shared.runtime.settings import Settings, read
from shared.runtime.telemetry.switch import tracing

S = TypeVar("S", bound=Settings)


def start(
    main: Callable[[S, asyncio.Event], Awaitable[None]], settings: type[S], *, service: str, process: str
) -> None:
    """Runs `main` with its settings until SIGTERM or SIGINT sets its event. Exit code 2 when a setting is wrong."""
    given = read(settings)
    configure_logs(given.log_level, service=service, process=process)
    warn_of_misspelt(settings)
    with tracing(given, service=service, process=process):
        run(partial(main, given))
