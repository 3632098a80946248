"""The command `rebuild` of a service that keeps a projection of the roster."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.runtime.commands import EXIT_NOT_FOUND, fail, with_database
from shared.runtime.postgres import Connection
from shared.runtime.settings import KafkaSettings, read

if TYPE_CHECKING:
    from rich.table import Table

    from shared.runtime.roster.rebuild import Rebuilt

WIDTH = 100


def rebuild_command(service: str) -> Callable[[], None]:
    """The command of `service`."""

    def rebuild_roster() -> None:
        """Make the roster's projection anew from its topics, and put it in the old one's place; nobody notices."""
        from rich.console import Console

        from shared.runtime.progress import shown
        from shared.runtime.roster.rebuild import AlreadyRebuilding, rebuild

        settings = read(KafkaSettings)
        console = Console(width=None if Console().is_terminal else WIDTH)

        async def work(connection: Connection) -> "Rebuilt":
            with shown(console) as tell:
                return await rebuild(connection, settings, lambda done, total: tell("taking over", done, total))

        try:
            rebuilt = with_database(service, work, command_seconds=None)
        except AlreadyRebuilding:
            fail("the projection is being made anew already: wait for its end", EXIT_NOT_FOUND)
        console.print(_table(rebuilt))
        if rebuilt.unreadable:
            fail(f"left out, because nobody can read them: {rebuilt.unreadable:,}", EXIT_NOT_FOUND)

    return rebuild_roster


def _table(rebuilt: "Rebuilt") -> "Table":
    from rich.table import Table

    table = Table("topic", "records", "kept", title="The roster's projection, made anew")
    for each in table.columns[1:]:
        each.justify = "right"
    for (topic, read_), kept in zip(rebuilt.read.items(), rebuilt.kept.values(), strict=True):
        table.add_row(topic, f"{read_:,}", f"{kept:,}")
    return table
