"""Asking who somebody is, and what ties people on a day. One statement each.

The projection is asked; whoever owns the roster asks its own tables, by `queries` of the same names and answers.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Union
from uuid import UUID

from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection, Pool
from shared.runtime.roster import PACKAGE
from shared.runtime.roster.rights import Acting, Place, Rights, rights
from shared.runtime.sql import load_queries

SQL = load_queries(PACKAGE, "rights.sql")

Queries = Mapping[str, str]

Database = Union[Connection, Pool]  # noqa: UP007 - both are names that only a type checker resolves
"""Whatever takes a statement."""


async def acting_of(database: Database, who: SignedIn, *, queries: Queries = SQL) -> list[Acting]:
    """Whom a caller is, and as what: the person of a school login, those of a portal account's links; often nobody."""
    if at_school := Acting.at_school(who):
        return [at_school]
    return [Acting(**row) for row in await database.fetch(queries["acting"], who.account_id)]


async def rights_of(database: Database, acting: Collection[Acting], on: date, *, queries: Queries = SQL) -> Rights:
    """What somebody who is all these may do on a day. Of a person who is unknown, or over, nothing."""
    if not acting:
        return Rights([])
    rows = await database.fetch(queries["ties"], list({each.person_id for each in acting}), on)
    return rights((row[0] for row in rows), acting)


async def place_of(database: Database, student: UUID, on: date) -> Place | None:
    """Where a pupil is on a day; None of somebody who is no pupil on it."""
    told = await database.fetchval(SQL["place"], student, on)
    return told and Place.model_validate_json(told)
