"""Where the commands that people ask print."""

from rich.console import Console

PIPED_WIDTH = 160
"""Columns of what goes to a file or a pipe: ids and times stay whole."""


def console() -> Console:
    """Prints to the terminal, or in full width to where there is none."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PIPED_WIDTH)
