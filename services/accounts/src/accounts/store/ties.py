"""What ties whoever is signed in to a school's people: what their rights are decided by."""

from datetime import date
from uuid import UUID

from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection
from shared.runtime.roster.rights import Rights, Ties
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "ties.sql")


async def rights_of(connection: Connection, who: SignedIn, on: date) -> Rights:
    """What the caller may do on a day: the person of a school login, or all those of a portal account's links."""
    rows = await connection.fetch(SQL["ties"], await _persons_of(connection, who), on)
    return Rights(Ties.model_validate_json(row[0]) for row in rows)


async def _persons_of(connection: Connection, who: SignedIn) -> list[UUID]:
    if who.person_id is not None:
        return [who.person_id]
    return [row["person_id"] for row in await connection.fetch(SQL["persons"], who.account_id)]
