"""School logins, and who is to have one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import asyncpg

from accounts.domain.school_logins import Holder, Kind
from shared.runtime.postgres import Connection
from shared.runtime.roster.names import sort_key
from shared.runtime.sql import columns, load_queries

SQL = load_queries("accounts.store", "school_logins.sql")


@dataclass(frozen=True)
class School:
    """A school of a district."""

    school_id: UUID
    district_id: UUID
    name: str


@dataclass(frozen=True)
class Found:
    """Somebody with or without a login. `pupil` is the pupil whose pair it is, None for staff.

    `is_first_password` says whether the printed password has not been used, `issued_at` when it was printed; None
    where there is no login.
    """

    holder: Holder
    person: str
    pupil: str | None
    language: str | None
    login_id: UUID | None
    is_first_password: bool | None
    issued_at: datetime | None


@dataclass(frozen=True)
class NewLogin:
    """A login that is handed out."""

    login_id: UUID
    holder: Holder
    name: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class SchoolLogin:
    """A login that can be signed in with, and whose it is. `pupil` is whose pair it is of, None for staff.

    `linked_at` is since when a portal account is linked with it, if one is; `issued_at` when it was last printed.
    """

    login_id: UUID
    school_id: UUID
    person_id: UUID
    student_id: UUID | None
    kind: Kind
    name: str
    password_hash: str = field(repr=False)
    is_first_password: bool
    given_name: str
    family_name: str
    language: str | None
    pupil: str | None
    school: str
    linked_at: datetime | None
    issued_at: datetime

    @property
    def scope_id(self) -> UUID:
        """What it is for: the pupil whose pair it is of, or the school where its owner works."""
        return self.student_id or self.school_id

    @property
    def own_words(self) -> tuple[str, ...]:
        """What its owner's password must not be made of."""
        return (self.given_name.casefold(), self.family_name.casefold(), self.name, self.name.rstrip("uk"))


async def schools_named(connection: Connection, name: str, district: str | None) -> list[School]:
    """The schools of that name, in the district of that code or in any."""
    return [School(**row) for row in await connection.fetch(SQL["find_schools"], name, district)]


async def classes_named(connection: Connection, school: UUID, title: str) -> list[tuple[UUID, str]]:
    """The classes of a school with that title: their ids, and the title as it is written."""
    return [tuple(row) for row in await connection.fetch(SQL["find_classes"], school, title)]


async def in_class(connection: Connection, class_id: UUID, on: date) -> list[Found]:
    """The pupils of a class in the order of their names, each followed by the guardians."""
    rows = await connection.fetch(SQL["holders_in_class"], class_id, on)
    return [_found(row) for row in sorted(rows, key=_pupil_first)]


async def on_staff(connection: Connection, school: UUID, on: date) -> list[Found]:
    """Whoever works at a school, in the order of their names."""
    rows = await connection.fetch(SQL["holders_on_staff"], school, on)
    return [_found(row) for row in sorted(rows, key=lambda row: sort_key(row["family_name"], row["given_name"]))]


async def lock_school(connection: Connection, school: UUID) -> None:
    """Lets those who hand out logins at a school come one after the other, until each one's transaction ends."""
    await connection.execute(SQL["lock_school"], str(school))


async def taken(connection: Connection, names: Sequence[str]) -> set[str]:
    """Those of the names that somebody has, or had."""
    return {row["name"] for row in await connection.fetch(SQL["taken"], names)}


async def add(connection: Connection, school: School, logins: Sequence[NewLogin], now: datetime) -> None:
    """Writes new logins."""
    rows = [
        (each.login_id, each.holder.person_id, each.holder.student_id, each.holder.kind, each.name, each.password_hash)
        for each in logins
    ]
    await connection.execute(SQL["add"], school.district_id, school.school_id, now, *columns(rows, 6))


async def print_again(
    connection: Connection, hashes: Sequence[tuple[UUID, str]], now: datetime, *, also_chosen: bool
) -> set[UUID]:
    """Gives logins another printed password, and says which. Who has chosen one keeps it, unless `also_chosen`."""
    rows = await connection.fetch(SQL["print_again"], now, *columns(hashes, 2), also_chosen)
    return {row["login_id"] for row in rows}


async def named(connection: Connection, name: str) -> SchoolLogin | None:
    """The login of that name, if it can be signed in with."""
    return _login(await connection.fetchrow(SQL["login"], name, None))


async def of_id(connection: Connection, login_id: UUID) -> SchoolLogin | None:
    """A login, if it can be signed in with."""
    return _login(await connection.fetchrow(SQL["login"], None, login_id))


async def locked(connection: Connection, login_id: UUID) -> SchoolLogin | None:
    """The same, which nobody else changes until the transaction ends."""
    await connection.execute(SQL["lock_login"], login_id)
    return await of_id(connection, login_id)


async def known_device(connection: Connection, name: str, device_hashes: Sequence[bytes]) -> bytes | None:
    """By which of these hashes the login of that name knows a device."""
    device: bytes | None = await connection.fetchval(SQL["known_device"], name, device_hashes)
    return device


async def school_near(connection: Connection, number: str) -> UUID | None:
    """The school of the login whose number is next to this one; None where there are no logins."""
    school: UUID | None = await connection.fetchval(SQL["school_near"], number)
    return school


async def set_password(connection: Connection, login_id: UUID, password_hash: str) -> None:
    """Sets the password that its owner has chosen."""
    await connection.execute(SQL["set_password"], login_id, password_hash)


def _login(row: asyncpg.Record | None) -> SchoolLogin | None:
    return row and SchoolLogin(
        login_id=row["login_id"],
        school_id=row["school_id"],
        person_id=row["person_id"],
        student_id=row["student_id"],
        kind=Kind(row["kind"]),
        name=row["name"],
        password_hash=row["password_hash"],
        is_first_password=row["is_first_password"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        language=row["language"],
        pupil=_pupil(row),
        school=row["school"],
        linked_at=row["linked_at"],
        issued_at=row["issued_at"],
    )


def _pupil(row: asyncpg.Record) -> str | None:
    given, family = row["student_given_name"], row["student_family_name"]
    return f"{given} {family}" if family else None


def _pupil_first(row: asyncpg.Record) -> tuple[str, UUID, bool, str]:
    pupil = sort_key(row["student_family_name"], row["student_given_name"])
    person = sort_key(row["family_name"], row["given_name"])
    return pupil, row["student_id"], row["kind"] != Kind.STUDENT, person


def _found(row: asyncpg.Record) -> Found:
    return Found(
        holder=Holder(Kind(row["kind"]), row["person_id"], row["student_id"], row["name"]),
        person=f"{row['given_name']} {row['family_name']}",
        pupil=_pupil(row),
        language=row["language"],
        login_id=row["login_id"],
        is_first_password=row["is_first_password"],
        issued_at=row["issued_at"],
    )
