"""Failed guesses at school logins, as the school's office sees them: at which, how many, and nothing of who guessed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from accounts.domain.school_logins import Kind
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "login_guesses.sql")

Aim = Literal["sign_in", "link"]
"""What a password was entered for."""


@dataclass(frozen=True)
class GuessedLogin:
    """A login at which somebody guessed, and how often it was tried to sign in with it and to link it."""

    login_id: UUID
    name: str
    kind: Kind
    sign_ins: int
    links: int


async def note(connection: Connection, login_id: UUID | None, day: date, aim: Aim) -> None:
    """Counts a failed guess at a login; without one nothing is written."""
    await connection.execute(SQL["note"], login_id, day, aim)


async def most_guessed(connection: Connection, school: UUID, since: date) -> list[GuessedLogin]:
    """The logins of a school at which guesses failed since a day, which counts too; the most guessed first."""
    rows = await connection.fetch(SQL["most_guessed"], school, since)
    return [GuessedLogin(**{**row, "kind": Kind(row["kind"])}) for row in rows]


async def forget(connection: Connection, before: date) -> None:
    """Deletes what was counted before a day."""
    await connection.execute(SQL["forget"], before)
