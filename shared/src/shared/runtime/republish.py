"""`republish`: publishes again what the archive of the outbox holds, after Kafka has lost its disks.

What compacted topics held is older than the archive: whoever owns them writes a snapshot behind what was archived.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from shared.runtime.commands import ask_first, with_database, worked_off
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

QUERIES = load_queries("shared.runtime")

MOVING_SECONDS = 3600.0
"""How long a whole archive may take to be moved."""


async def put_back(connection: Connection) -> int:
    """Moves the archive back into the outbox, from where the relay publishes it in its order. Returns how many."""
    status = await connection.execute(QUERIES["put_back"], timeout=MOVING_SECONDS)
    return int(status.rpartition(" ")[2])


Snapshot = Callable[[Connection, datetime], AsyncIterator[int]]
"""Writes the events of all states into the outbox at an instant; yields how many, again and again."""


def republish_command(service: str, *, snapshot: Snapshot | None = None) -> Callable[..., None]:
    """The command of `service`, which has a `snapshot` if it owns compacted topics."""

    def republish(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
        """Publish the events of the last seven days again, and all that holds without an end.

        For a Kafka that lost its disks; has no effect twice.
        """

        async def work(connection: Connection) -> int:
            archived = await connection.fetchval(QUERIES["count_archived"])
            ask_first(f"Publish {archived} events again{' and tell all states' if snapshot else ''}?", yes=yes)
            count = await put_back(connection)
            if snapshot is not None:
                count += await worked_off("states", 0, snapshot(connection, datetime.now(UTC)))
            return count

        typer.echo(f"{with_database(service, work)} events are published again by the worker.")

    return republish
