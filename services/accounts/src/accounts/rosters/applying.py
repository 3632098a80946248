"""Writing what an import changes, in stretches that are whole by themselves: after a kill the next run goes on."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.events.roster import (
    Made,
    class_changed,
    enrolment_changed,
    guardianship_changed,
    person_changed,
    school_changed,
    term_changed,
)
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "applying.sql")

STRETCH = 2_000
"""Rows that are written at once: long enough for speed, short enough for whoever waits behind its locks."""

EVENTS: Mapping[str, Made] = {
    "terms": term_changed,
    "classes": class_changed,
    "people": person_changed,
    "guardianships": guardianship_changed,
    "enrolments": enrolment_changed,
}
"""What is written in stretches, in this order: who reads the events meets classes before those who are in them."""


@dataclass(frozen=True)
class Written:
    """So many rows of these were written; `passed` were left, because somebody else has just changed them."""

    what: str
    rows: int
    passed: int


async def write_changes(connection: Connection, district: UUID, now: datetime) -> AsyncIterator[Written]:
    """Writes all that was found to have changed, with its events."""
    yield await _write_schools(connection, district, now)
    for what, made in EVENTS.items():
        last = await connection.fetchval(SQL[f"last_of_{what}"])
        for first in range(1, last + 1, STRETCH):
            stretch = (first, min(last, first + STRETCH - 1))
            rows = await connection.fetch(SQL[f"take_{what}"], *stretch)
            events = [made(row, district, now) for row in rows]
            written = await connection.fetchval(SQL[f"write_{what}"], *stretch, district, *outbox_columns(events))
            yield Written(what, written, len(rows) - written)


async def _write_schools(connection: Connection, district: UUID, now: datetime) -> Written:
    """Schools and what they are parts of, which is told to nobody; with them courses, whose subjects classes have."""
    async with connection.transaction():
        await connection.execute(SQL["name_roles"])
        await connection.execute(SQL["write_courses"], district)
        events = [school_changed(row, district, now) for row in await connection.fetch(SQL["take_orgs"])]
        written = await connection.fetchval(SQL["write_orgs"], district, *outbox_columns(events))
        total = await connection.fetchval(SQL["last_of_orgs"])
    return Written("orgs", written, total - written)
