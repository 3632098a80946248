"""States of a small roster, and how they come into Kafka."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer

from shared.contracts.envelope import Event, LoginKind, encode
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
    PersonChanged,
    PersonRole,
    Role,
    RosterState,
    SchoolChanged,
    Subject,
    TermChanged,
)
from shared.runtime.auth.access_tokens import LIFETIME, SignedIn
from shared.runtime.events import new_event, new_id
from shared.runtime.roster.rights import Acting
from shared.runtime.settings import KafkaSettings

AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
DISTRICT = UUID(int=1)
SCHOOL = uuid5(DISTRICT, "school")
CLASS = uuid5(DISTRICT, "class")
TERM = uuid5(DISTRICT, "term")
ACCOUNT, OTHER_ACCOUNT = uuid5(DISTRICT, "account"), uuid5(DISTRICT, "other account")
"""Portal accounts."""


def person(name: str, *roles: Role, version: int = 1, ends_on: date | None = None) -> PersonChanged:
    """Somebody at the school, known by a given name."""
    return PersonChanged(
        person_id=uuid5(DISTRICT, name),
        given_name=name,
        family_name="Żak",
        roles=tuple(PersonRole(role=role, school_id=SCHOOL) for role in roles),
        version=version,
        ends_on=ends_on,
    )


def in_class(
    who: PersonChanged, version: int = 1, *, homeroom: bool = False, subjects: tuple[str, ...] = ()
) -> EnrolmentChanged:
    """Their place in the class: that of a teacher, or of a pupil."""
    return EnrolmentChanged(
        enrolment_id=uuid5(CLASS, str(who.person_id)),
        class_id=CLASS,
        school_id=SCHOOL,
        person_id=who.person_id,
        role="teacher" if who.roles[0].role == "teacher" else "student",
        homeroom=homeroom,
        subjects=subjects,
        version=version,
    )


def guardianship(
    student: PersonChanged,
    guardian: PersonChanged,
    version: int = 1,
    *,
    see: bool = True,
    ends_on: date | None = None,
) -> GuardianshipChanged:
    """What the guardian may do for the pupil."""
    return GuardianshipChanged(
        guardianship_id=uuid5(student.person_id, str(guardian.person_id)),
        student_id=student.person_id,
        guardian_id=guardian.person_id,
        see=see,
        excuse=True,
        receive=True,
        sign=True,
        version=version,
        ends_on=ends_on,
    )


def link(
    who: PersonChanged,
    account: UUID | None,
    version: int = 1,
    *,
    login: str = "login",
    kind: LoginKind = "guardian",
    scope: UUID | None = None,
) -> LinkChanged:
    """The link of one of their logins with a portal account, or with none; a guardian's is for Ada unless said."""
    return LinkChanged(
        login_id=uuid5(who.person_id, login),
        kind=kind,
        scope_id=scope or ADA.person_id,
        person_id=who.person_id,
        account_id=account,
        version=version,
    )


def signed_in(account: UUID, by: Acting | None = None) -> SignedIn:
    """Who is signed in with a portal account, or with a school login."""
    return SignedIn(account, new_id(), "a-form-token", AT, AT + LIFETIME, *(by or ()))


def acting(who: PersonChanged) -> list[Acting]:
    """Somebody by logins of all kinds: as Ada's guardian, and at the school."""
    scopes: dict[LoginKind, UUID] = {"student": who.person_id, "guardian": ADA.person_id, "staff": SCHOOL}
    return [Acting(who.person_id, kind, scope) for kind, scope in scopes.items()]


ADA, MUM, TEACHER = person("Ada", "student"), person("Ewa", "guardian"), person("Jan", "teacher")
ROSTER: tuple[RosterState, ...] = (
    SchoolChanged(school_id=SCHOOL, name="Szkoła nr 1", version=1),
    TermChanged(
        term_id=TERM,
        kind="school_year",
        title="2026/27",
        begins_on=date(2026, 9, 1),
        ends_on=date(2027, 8, 31),
        version=1,
    ),
    ClassChanged(
        class_id=CLASS,
        school_id=SCHOOL,
        kind="homeroom",
        title="3b",
        grades=("03",),
        subjects=(Subject(code="MAT", title="Matematyka"),),
        term_ids=(TERM,),
        version=1,
    ),
    ADA,
    MUM,
    TEACHER,
    in_class(ADA),
    in_class(TEACHER, homeroom=True, subjects=("MAT",)),
    guardianship(ADA, MUM),
    link(MUM, ACCOUNT),
)
"""A school, its year, a class, a pupil, a guardian with a portal account, a teacher."""


def told(state: RosterState, district: UUID | None = DISTRICT) -> Event[RosterState]:
    """The event of a state."""
    return new_event("accounts", state, now=AT, district=district)


async def publish(producer: AIOKafkaProducer, kafka: KafkaSettings, states: Iterable[RosterState]) -> None:
    """Puts the events of the states into their topics."""
    for state in states:
        record = encode(told(state))
        await producer.send(
            kafka.kafka_prefix + record.topic.name,
            record.value,
            record.key.encode(),
            headers=list(record.headers),
        )
    await producer.flush()
