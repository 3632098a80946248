"""Who printed a password for whom, and when: an audit trail that the service only adds to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.school_logins import Actor
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "printed_slips.sql")


@dataclass(frozen=True)
class PrintedSlip:
    """When a slip was printed, and by whom as what.

    `actor` is a school login or the id of a portal account, and `person` whoever that was in the roster; both None for
    an operator's command.
    """

    printed_at: datetime
    capacity: str
    actor: str | None
    person: str | None = field(repr=False)


async def note(connection: Connection, login_ids: Sequence[UUID], actor: Actor, now: datetime) -> None:
    """Writes down that slips of logins were printed."""
    await connection.execute(SQL["note"], now, login_ids, actor.owner_id, actor.capacity, actor.persons)


async def of_login(connection: Connection, name: str) -> list[PrintedSlip]:
    """When slips of the login of that name were printed, the last one first."""
    return [PrintedSlip(**row) for row in await connection.fetch(SQL["of_login"], name)]
