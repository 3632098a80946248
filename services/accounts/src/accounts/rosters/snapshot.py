"""All of the roster told once more, for topics that have lost it: the same states with the same versions."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from accounts.events.roster import school_changed, terms_in
from accounts.rosters.applying import EVENTS
from accounts.rosters.applying import SQL as APPLYING
from shared.contracts.envelope import Event
from shared.contracts.roster import RosterEvent, Term
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.rosters", "snapshot.sql")

PAGE = 2_000
_FIRST = UUID(int=0)
_SCHOOLS = "orgs"


async def tell_all(connection: Connection, now: datetime) -> AsyncIterator[int]:
    """Writes the event of every aggregate's state into the outbox, page by page; yields how many, each time."""
    terms: dict[UUID, tuple[Term, ...]] = {}
    for what in (_SCHOOLS, *EVENTS):
        last: UUID | None = _FIRST
        while last is not None:
            async with connection.transaction():
                rows = await connection.fetch(SQL[what], last, PAGE)
                if what == _SCHOOLS:
                    await _learn_terms(connection, rows, terms)
                events = [_event(what, row, now, terms) for row in rows]
                await connection.execute(SQL["insert_events"], *outbox_columns(events))
            last = rows[-1]["id"] if rows else None
            yield len(rows)


def _event(what: str, row: Record, now: datetime, terms: dict[UUID, tuple[Term, ...]]) -> Event[RosterEvent]:
    district = row["district_id"]
    if what == _SCHOOLS:
        return school_changed(row, district, now, terms=terms[district])
    return EVENTS[what](row, district, now)


async def _learn_terms(connection: Connection, rows: list[Record], terms: dict[UUID, tuple[Term, ...]]) -> None:
    """Looks up the terms of districts that were not met before."""
    for district in {row["district_id"] for row in rows} - terms.keys():
        terms[district] = terms_in(await connection.fetch(APPLYING["terms_of_district"], district))
