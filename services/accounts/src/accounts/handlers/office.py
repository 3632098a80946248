"""A school's office hands out logins, and homeroom teachers and guardians a new password where one is lost.

Whatever belongs to another school, or to a class or child of somebody else, is answered as if it did not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.domain.school_logins import Kind
from accounts.handlers.handing_out import HandedOut, Slip, hand_out, hand_out_again
from accounts.handlers.parts import Parts
from accounts.store import offices, school_logins, ties
from accounts.store.offices import ClassCounts, ClassPlace, LoginPlace
from accounts.store.school_logins import Found, School
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection
from shared.runtime.roster.rights import OFFICE, Rights


class NotYours(Exception):  # noqa: N818 - reads as what it is
    """There is no such school, class or login, or it is somebody else's: nobody is told which."""


@dataclass(frozen=True)
class Desks:
    """Where somebody hands out logins: the schools whose office they are of, the classes whose homeroom is theirs."""

    schools: Sequence[School]
    classes: Sequence[ClassPlace]


@dataclass(frozen=True)
class People:
    """Who is to have a login, of a class or without one of the staff.

    `may_issue`: whether the caller is of the office, who alone makes new logins.
    """

    school: School
    class_title: str | None
    found: Sequence[Found]
    may_issue: bool


@dataclass(frozen=True)
class Printed:
    """Slips of a school, of a class if they are of one, and how many logins are new; `kept` had one already."""

    school: str
    class_title: str | None
    slips: Sequence[Slip]
    new: int = 0
    kept: int = 0


async def look_at_desks(parts: Parts, who: SignedIn) -> Desks:
    """Where the caller hands out logins; often nowhere."""
    today = parts.today()
    async with parts.connection() as connection:
        rights = await ties.rights_of(connection, who, today)
        roles = [role for each in rights.ties for role in each.roles]
        schools = {role.school_id for role in roles if role.school_id and role.role in OFFICE}
        taught = {place.class_id for each in rights.ties for place in each.classes}
        classes = {class_id for class_id in taught if rights.homeroom_of(class_id)}
        return Desks(await offices.schools(connection, schools), await offices.classes(connection, classes, today))


async def look_at_school(parts: Parts, who: SignedIn, school_id: UUID) -> tuple[School, Sequence[ClassCounts]]:
    """A school and its homeroom classes. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        school = await _school(connection, await ties.rights_of(connection, who, today), school_id)
        return school, await offices.counts(connection, school_id, today)


async def look_at_staff(parts: Parts, who: SignedIn, school_id: UUID) -> People:
    """The staff of a school. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        school = await _school(connection, await ties.rights_of(connection, who, today), school_id)
        found = await school_logins.on_staff(connection, school_id, today)
    return People(school, None, found, may_issue=True)


async def look_at_class(parts: Parts, who: SignedIn, class_id: UUID) -> People:
    """The pupils of a class with their guardians, for the office and the homeroom teacher. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        rights = await ties.rights_of(connection, who, today)
        place = await _class(connection, class_id, today)
        may_issue = rights.office_of(place.school.school_id)
        if not may_issue and not rights.homeroom_of(class_id):
            raise NotYours
        found = await school_logins.in_class(connection, class_id, today)
    return People(place.school, place.title, found, may_issue=may_issue)


async def issue_to_class(parts: Parts, who: SignedIn, class_id: UUID, *, again: bool) -> Printed:
    """A login for everybody of a class who has none; `again` as in `hand_out`. Raises NotYours, HashingBusy."""
    today = parts.today()
    async with parts.connection() as connection:
        rights = await ties.rights_of(connection, who, today)
        place = await _class(connection, class_id, today)
        school = await _school(connection, rights, place.school.school_id)
        return _printed(school, place.title, await _hand_out(parts, connection, school, class_id, again=again))


async def issue_to_staff(parts: Parts, who: SignedIn, school_id: UUID, *, again: bool) -> Printed:
    """A login for everybody of a school's staff who has none. Raises NotYours, HashingBusy."""
    async with parts.connection() as connection:
        school = await _school(connection, await ties.rights_of(connection, who, parts.today()), school_id)
        return _printed(school, None, await _hand_out(parts, connection, school, None, again=again))


async def reissue(parts: Parts, who: SignedIn, login_id: UUID) -> Printed:
    """Another printed password for one login, whatever its owner has chosen. Raises NotYours, HashingBusy.

    For the office of the school; for homeroom teachers those of their class; for guardians their child's own.
    """
    today = parts.today()
    async with parts.connection() as connection:
        rights = await ties.rights_of(connection, who, today)
        place = await offices.whose_login(connection, login_id, today)
        login = await school_logins.of_id(connection, login_id)
        if place is None or login is None or not _may_reissue(rights, place):
            raise NotYours
        slip = await hand_out_again(connection, parts.hasher, login, now=parts.clock(), printing=lambda _: None)
    return Printed(login.school, None, [slip])


def _may_reissue(rights: Rights, place: LoginPlace) -> bool:
    if rights.office_of(place.school_id):
        return True
    if place.student_id is None:
        return False
    own_child = place.kind is Kind.STUDENT and rights.guardian_of(place.student_id)
    return own_child or any(rights.homeroom_of(class_id) for class_id in place.classes)


async def _school(connection: Connection, rights: Rights, school_id: UUID) -> School:
    found = await offices.schools(connection, [school_id])
    if not found or not rights.office_of(school_id):
        raise NotYours
    return found[0]


async def _class(connection: Connection, class_id: UUID, on: date) -> ClassPlace:
    found = await offices.classes(connection, [class_id], on)
    if not found:
        raise NotYours
    return found[0]


async def _hand_out(
    parts: Parts, connection: Connection, school: School, class_id: UUID | None, *, again: bool
) -> HandedOut:
    now = parts.clock()
    return await hand_out(connection, parts.hasher, school, class_id, again=again, now=now, printing=lambda _: None)


def _printed(school: School, title: str | None, handed_out: HandedOut) -> Printed:
    return Printed(school.name, title, handed_out.slips, handed_out.new, handed_out.kept)
