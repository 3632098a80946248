"""Whom a caller is, and what ties them to a school's people: what their rights are decided by."""

from collections.abc import Collection
from datetime import date

from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection
from shared.runtime.roster.rights import Acting, Rights, rights
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "ties.sql")


async def acting_of(connection: Connection, who: SignedIn) -> list[Acting]:
    """Whom a caller is, and as what: the person of a school login, those of a portal account's links; often nobody."""
    if at_school := Acting.at_school(who):
        return [at_school]
    return [Acting(**row) for row in await connection.fetch(SQL["acting"], who.account_id)]


async def rights_of(connection: Connection, acting: Collection[Acting], on: date) -> Rights:
    """What somebody who is all these may do on a day."""
    if not acting:
        return Rights([])
    rows = await connection.fetch(SQL["ties"], list({each.person_id for each in acting}), on)
    return rights((row[0] for row in rows), acting)
