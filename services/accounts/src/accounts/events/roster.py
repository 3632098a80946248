"""Events of the roster, made of rows as the statements give them."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import SERVICE
from shared.contracts.envelope import Event, EventData
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    PersonChanged,
    PersonRole,
    SchoolChanged,
    Subject,
    TermChanged,
)
from shared.runtime.events import new_event

Row = Mapping[str, Any]
Made = Callable[[Row, UUID, datetime], Event[EventData]]
"""Makes the event of a row of a district at an instant."""


def school_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
    """A school."""
    data = SchoolChanged(school_id=row["org_id"], name=row["name"], version=row["version"], ends_on=row["ends_on"])
    return new_event(SERVICE, data, now=now, district=district, school=data.school_id)


def term_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
    """A school year or a part of one, of all schools of the district."""
    data = TermChanged(
        term_id=row["term_id"],
        kind=row["kind"],
        title=row["title"],
        begins_on=row["begins_on"],
        ends_on=row["ends_on"],
        parent_id=row["parent_id"],
        withdrawn=row["withdrawn"],
        version=row["version"],
    )
    return new_event(SERVICE, data, now=now, district=district)


def class_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
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


def person_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
    """A person with all roles that are not over; no school is named, because a person may have roles at several."""
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


def guardianship_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
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


def enrolment_changed(row: Row, district: UUID, now: datetime) -> Event[EventData]:
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
