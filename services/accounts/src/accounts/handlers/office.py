"""A school's office hands out logins, and homeroom teachers and guardians a new password where one is lost.

Whatever belongs to another school, or to a class or child of somebody else, is answered as if it did not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from accounts.domain.attempts import FREE_FAILURES
from accounts.domain.school_logins import Actor, Kind
from accounts.handlers.handing_out import PrintedSince, Round, Slip, fresh_passwords, hand_out, hand_out_again
from accounts.handlers.mail_requests import count_reissue
from accounts.handlers.parts import Parts
from accounts.store import login_guesses, offices, school_logins, ties
from accounts.store.login_guesses import GuessedLogin
from accounts.store.offices import ClassCounts, ClassPlace, LoginPlace
from accounts.store.school_logins import Found, School
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection
from shared.runtime.roster.rights import Rights

SIX_DAYS = timedelta(days=6)
SHOWN = 50


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
        rights = await _rights(connection, who, today)
        roles = [role for each in rights.ties for role in each.roles]
        schools = {role.school_id for role in roles if role.school_id and rights.office_of(role.school_id)}
        taught = {place.class_id for each in rights.ties for place in each.classes}
        classes = {class_id for class_id in taught if rights.homeroom_of(class_id)}
        return Desks(
            await offices.schools(connection, schools) if schools else [],
            await offices.classes(connection, classes, today) if classes else [],
        )


async def look_at_school(parts: Parts, who: SignedIn, school_id: UUID) -> tuple[School, Sequence[ClassCounts]]:
    """A school and its homeroom classes. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        school = await _school(connection, await _rights(connection, who, today), school_id)
        return school, await offices.counts(connection, school_id, today)


async def look_at_guesses(parts: Parts, who: SignedIn, school_id: UUID) -> Sequence[GuessedLogin]:
    """The logins of a school at which somebody guesses, the most guessed first, at most `SHOWN`. Raises NotYours.

    Of the last seven days; who mistypes now and then is not among them.
    """
    today = parts.today()
    async with parts.connection() as connection:
        await _school(connection, await _rights(connection, who, today), school_id)
        guessed = await login_guesses.most_guessed(connection, school_id, today - SIX_DAYS)
    return [each for each in guessed if each.sign_ins + each.links >= FREE_FAILURES][:SHOWN]


async def look_at_staff(parts: Parts, who: SignedIn, school_id: UUID) -> People:
    """The staff of a school. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        school = await _school(connection, await _rights(connection, who, today), school_id)
        found = await school_logins.on_staff(connection, school_id, today)
    return People(school, None, found, may_issue=True)


async def look_at_class(parts: Parts, who: SignedIn, class_id: UUID) -> People:
    """The pupils of a class with their guardians, for the office and the homeroom teacher. Raises NotYours."""
    today = parts.today()
    async with parts.connection() as connection:
        rights = await _rights(connection, who, today)
        place = await _class(connection, class_id, today)
        may_issue = rights.office_of(place.school.school_id)
        if not may_issue and not rights.homeroom_of(class_id):
            raise NotYours
        found = await school_logins.in_class(connection, class_id, today)
    return People(place.school, place.title, found, may_issue=may_issue)


async def issue_to_class(parts: Parts, who: SignedIn, class_id: UUID, *, again: datetime | None = None) -> Printed:
    """A login for everybody of a class who has none; `again` as in `Round`. Raises NotYours, HashingBusy, Contended."""
    today = parts.today()
    async with parts.connection() as connection:
        place = await _class(connection, class_id, today)
        rights = await _rights(connection, who, today)
        school = await _school(connection, rights, place.school.school_id)
    return await _hand_out(parts, _actor("school", who, rights), Round(school, class_id, again), place.title)


async def issue_to_staff(parts: Parts, who: SignedIn, school_id: UUID, *, again: datetime | None = None) -> Printed:
    """A login for everybody of a school's staff who has none. Raises NotYours, HashingBusy, Contended."""
    async with parts.connection() as connection:
        rights = await _rights(connection, who, parts.today())
        school = await _school(connection, rights, school_id)
    return await _hand_out(parts, _actor("school", who, rights), Round(school, None, again), None)


async def reissue(parts: Parts, who: SignedIn, login_id: UUID, *, seen: datetime | None = None) -> Printed:
    """Another printed password for one login, whatever its owner has chosen.

    For the office of the school; for homeroom teachers those of their class; for guardians their child's own. `seen` is
    when the caller looked at the login. Raises NotYours, PrintedSince, TooManyRequests, HashingBusy, Contended.
    """
    today = parts.today()
    async with parts.connection() as connection:
        rights = await _rights(connection, who, today)
        place = await offices.whose_login(connection, login_id, today)
        login = await school_logins.of_id(connection, login_id)
        if place is None or login is None or not (capacity := _may_reissue(rights, place)):
            raise NotYours
        if seen and login.issued_at > seen:
            raise PrintedSince
        await count_reissue(parts, connection, login_id, capacity)
        actor = _actor(capacity, who, rights)
    [fresh] = await fresh_passwords(parts.hasher, 1)
    async with parts.connection() as connection:
        now = parts.clock()
        slip = await hand_out_again(connection, fresh, login, now=now, actor=actor, seen=seen)
    return Printed(login.school, None, [slip])


def _may_reissue(rights: Rights, place: LoginPlace) -> Literal["school", "guardian"] | None:
    """As whom, if at all."""
    if any(map(rights.office_of, place.schools)) or any(map(rights.homeroom_of, place.classes)):
        return "school"
    own_child = place.kind is Kind.STUDENT and place.student_id and rights.guardian_of(place.student_id)
    return "guardian" if own_child else None


async def _rights(connection: Connection, who: SignedIn, on: date) -> Rights:
    return await ties.rights_of(connection, await ties.acting_of(connection, who), on)


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


def _actor(capacity: Literal["school", "guardian"], who: SignedIn, rights: Rights) -> Actor:
    return Actor(capacity, who.account_id, tuple(each.person_id for each in rights.ties))


async def _hand_out(parts: Parts, actor: Actor, round_: Round, title: str | None) -> Printed:
    """The slips are printed by the office's browser, from the answer."""
    handed_out = await hand_out(parts.connection, parts.hasher, round_, clock=parts.clock, actor=actor)
    return Printed(round_.school.name, title, handed_out.slips, handed_out.new, handed_out.kept)
