"""All of the roster told once more, for topics that have lost it: the same states with the same versions."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from accounts.events.links import link_told
from accounts.events.roster import school_changed
from accounts.rosters.applying import EVENTS
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "snapshot.sql")

PAGE = 2_000
_BEFORE_ALL = UUID(int=0)


async def tell_all(connection: Connection, now: datetime) -> AsyncIterator[int]:
    """Writes the event of every aggregate's state into the outbox, page by page; yields how many, each time."""
    for what, made in {"schools": school_changed, **EVENTS, "links": link_told}.items():
        last = _BEFORE_ALL
        while True:
            async with connection.transaction():
                ids = [row["id"] for row in await connection.fetch(SQL[f"lock_{what}"], last, PAGE)]
                rows = await connection.fetch(SQL[what], ids)
                events = [made(row, row["district_id"], now) for row in rows]
                await connection.execute(SQL["insert_events"], *outbox_columns(events))
            if not ids:
                break
            last = ids[-1]
            yield len(ids)
