"""`republish`: publishes again what the archive of the outbox holds, after Kafka has lost its disks."""

from collections.abc import Callable
from typing import Annotated

import typer

from shared.runtime.commands import ask_first, with_database
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")

MOVING_SECONDS = 3600.0
"""How long a whole archive may take to be moved."""


async def put_back(connection: Connection) -> int:
    """Moves the archive back into the outbox, from where the relay publishes it in its order. Returns how many."""
    status = await connection.execute(QUERIES["put_back"], timeout=MOVING_SECONDS)
    return int(status.rpartition(" ")[2])


def republish_command(service: str) -> Callable[..., None]:
    """The command of `service`."""

    def republish(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
        """Publish the events of the last seven days again. For a Kafka that lost its disks; has no effect twice."""

        async def work(connection: Connection) -> int:
            archived = await connection.fetchval(QUERIES["count_archived"])
            ask_first(f"Publish {archived} events again?", yes=yes)
            return await put_back(connection)

        typer.echo(f"{with_database(service, work)} events are published again by the worker.")

    return republish
