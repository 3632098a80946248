"""Events of the roster, made of rows as the statements give them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import SERVICE
from shared.contracts.envelope import Event
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    PersonChanged,
    PersonRole,
    RosterEvent,
    SchoolChanged,
    Subject,
    Term,
)
from shared.runtime.events import new_event

Row = Mapping[str, Any]
Made = Callable[[Row, UUID, datetime], Event[RosterEvent]]
"""Makes the event of a row of a district at an instant."""


def terms_in(rows: Sequence[Row]) -> tuple[Term, ...]:
    """The terms of a district."""
    return tuple(
        Term(
            term_id=row["term_id"],
            kind=row["kind"],
            title=row["title"],
            begins_on=row["begins_on"],
            ends_on=row["ends_on"],
            parent_id=row["parent_id"],
        )
        for row in rows
    )


def school_changed(row: Row, district: UUID, now: datetime, *, terms: tuple[Term, ...]) -> Event[RosterEvent]:
    """A school, with the terms of its district."""
    school_id = row["org_id"]
    data = SchoolChanged(
        school_id=school_id, name=row["name"], terms=terms, version=row["version"], ends_on=row["ends_on"]
    )
    return new_event(SERVICE, data, now=now, district=district, school=school_id)


def class_changed(row: Row, district: UUID, now: datetime) -> Event[RosterEvent]:
    """A class or a group."""
    data = ClassChanged(
        class_id=row["class_id"],
        school_id=row["school_id"],
        kind=row["kind"],
        title=row["title"],
        grades=row["grades"],
        subjects=tuple(Subject(**subject) for subject in json.loads(row["subjects"])),
        term_ids=row["term_ids"],
        version=row["version"],
        ends_on=row["ends_on"],
    )
    return new_event(SERVICE, data, now=now, district=district, school=data.school_id)


def person_changed(row: Row, district: UUID, now: datetime) -> Event[RosterEvent]:
    """A person with all roles; no school is named, because a person may have roles at several."""
    data = PersonChanged(
        person_id=row["person_id"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        born_on=row["born_on"],
        language=row["language"],
        roles=tuple(_role(role) for role in json.loads(row["roles"])),
        version=row["version"],
        ends_on=row["ends_on"],
    )
    return new_event(SERVICE, data, now=now, district=district)


def guardianship_changed(row: Row, district: UUID, now: datetime) -> Event[RosterEvent]:
    """What a guardian may do for a pupil, at whichever schools the pupil is."""
    data = GuardianshipChanged(
        guardianship_id=row["guardianship_id"],
        student_id=row["student_id"],
        guardian_id=row["guardian_id"],
        see=row["see"],
        excuse=row["excuse"],
        receive=row["receive"],
        sign=row["sign"],
        version=row["version"],
        ends_on=row["ends_on"],
    )
    return new_event(SERVICE, data, now=now, district=district)


def enrolment_changed(row: Row, district: UUID, now: datetime) -> Event[RosterEvent]:
    """A pupil in a class, or a teacher of it."""
    data = EnrolmentChanged(
        enrolment_id=row["enrolment_id"],
        class_id=row["class_id"],
        school_id=row["school_id"],
        person_id=row["person_id"],
        role=row["role"],
        homeroom=row["homeroom"],
        subjects=row["subjects"],
        begins_on=row["begins_on"],
        version=row["version"],
        ends_on=row["ends_on"],
    )
    return new_event(SERVICE, data, now=now, district=district, school=data.school_id)


def _role(role: Mapping[str, Any]) -> PersonRole:
    return PersonRole(
        role=role["role"],
        school_id=role["school_id"] and UUID(role["school_id"]),
        begins_on=_day(role["begins_on"]),
        ends_on=_day(role["ends_on"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
