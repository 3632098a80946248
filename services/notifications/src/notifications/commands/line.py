"""What the commands that people ask share: the service's database, and where they print."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.console import Console

from notifications import SERVICE
from shared.runtime.commands import run_command
from shared.runtime.postgres import Connection, connect
from shared.runtime.settings import Settings, read

PIPED_WIDTH = 160
"""Columns of what goes to a file or a pipe: ids and times stay whole."""

T = TypeVar("T")


def with_database(work: Callable[[Connection], Awaitable[T]]) -> T:
    """What `work` returns on the service's database."""
    settings = read(Settings)

    async def working() -> T:
        connection = await connect(settings.database_url, application=f"{SERVICE}-command")
        try:
            return await work(connection)
        finally:
            await connection.close()

    return run_command(working)


def console() -> Console:
    """Prints to the terminal, or in full width to where there is none."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PIPED_WIDTH)
