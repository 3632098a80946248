"""Links of school logins with portal accounts."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from accounts.domain.links import Link, Place
from accounts.domain.school_logins import Kind
from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.roster.names import sort_key
from shared.runtime.roster.rights import Acting
from shared.runtime.sql import columns, load_queries

SQL = load_queries("accounts.store", "links.sql")


async def of_account(connection: Connection, account_id: UUID) -> list[Link]:
    """The logins that an account is linked with, the first one first."""
    return [_link(row) for row in await connection.fetch(SQL["links"], account_id, None)]


async def of_login(connection: Connection, login_id: UUID) -> Link | None:
    """A login, with its link or without one."""
    row = await connection.fetchrow(SQL["links"], None, login_id)
    return _link(row) if row else None


async def keep(connection: Connection, link: Link, events: Sequence[Event[EventData]], *, account_id: UUID) -> None:
    """Writes the link as it is from now on; `account_id` is the account that is told by the events."""
    state = link.login_id, link.account_id, link.linked_at, link.version
    await connection.execute(SQL["keep"], *state, account_id, *outbox_columns(events))


async def locked_of_account(connection: Connection, account_id: UUID) -> list[Link]:
    """The same, which nobody else changes until the transaction ends."""
    await connection.execute(SQL["lock_logins"], account_id)
    return await of_account(connection, account_id)


async def places(connection: Connection, acting: Collection[Acting], on: date) -> list[Place]:
    """What somebody who is all these is on a day, and where: children first, each in the order of names."""
    if not acting:
        return []
    rows = await connection.fetch(SQL["places"], *columns(list(acting), 3), on)
    return [Place(**row) for row in sorted(rows, key=_children_first)]


def _children_first(row: asyncpg.Record) -> tuple[int, str, str]:
    rank = ("guardian", "student", "staff").index(row["kind"])
    return rank, sort_key(row["family_name"], row["given_name"]), row["school"] or ""


def _link(row: asyncpg.Record) -> Link:
    pupil = row["student_family_name"]
    return Link(
        login_id=row["login_id"],
        district_id=row["district_id"],
        school_id=row["school_id"],
        person_id=row["person_id"],
        student_id=row["student_id"],
        kind=Kind(row["kind"]),
        name=row["name"],
        person=f"{row['given_name']} {row['family_name']}",
        pupil=f"{row['student_given_name']} {pupil}" if pupil else None,
        school=row["school"],
        account_id=row["linked_account_id"],
        linked_at=row["linked_at"],
        version=row["link_version"],
    )
