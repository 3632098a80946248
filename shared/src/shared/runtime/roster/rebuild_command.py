"""The command `rebuild` of a service that keeps a projection of the roster."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from shared.runtime.commands import EXIT_NOT_FOUND, fail, with_database
from shared.runtime.postgres import Connection
from shared.runtime.settings import KafkaSettings, read

if TYPE_CHECKING:
    from rich.table import Table

    from shared.runtime.roster.rebuild import Rebuilt

WIDTH = 100


def rebuild_command(service: str) -> Callable[..., None]:
    """The command of `service`."""

    def rebuild_roster(
        *, fewer: Annotated[bool, typer.Option("--fewer", help="Also if it holds much fewer people than now.")] = False
    ) -> None:
        """Make the roster's projection anew from its topics, and put it in the old one's place; nobody notices."""
        from rich.console import Console

        from shared.runtime.progress import shown
        from shared.runtime.roster.rebuild import AlreadyRebuilding, NotPutInPlace, rebuild

        settings = read(KafkaSettings)
        console = Console(width=None if Console().is_terminal else WIDTH)

        async def work(connection: Connection) -> "Rebuilt":
            with shown(console) as tell:
                told = partial(tell, "taking over")
                return await rebuild(connection, settings, told, fewer=fewer)

        try:
            rebuilt = with_database(service, work, command_seconds=None)
        except AlreadyRebuilding:
            fail("the projection is being made anew already: wait for its end", EXIT_NOT_FOUND)
        except NotPutInPlace as reason:
            fail(f"{reason} The projection is as it was.", EXIT_NOT_FOUND)
        console.print(_table(rebuilt))

    return rebuild_roster


def _table(rebuilt: "Rebuilt") -> "Table":
    from rich.table import Table

    table = Table("topic", "records", "kept", title="The roster's projection, made anew")
    for each in table.columns[1:]:
        each.justify = "right"
    for (topic, read_), kept in zip(rebuilt.read.items(), rebuilt.kept.values(), strict=True):
        table.add_row(topic, f"{read_:,}", f"{kept:,}")
    return table
