"""Events of the roster, emitted by accounts, which owns it: each tells the whole state of one aggregate.

Their topics are compacted, so that a service can have all that holds by reading them from the start. Nothing is deleted
from a roster: what is over has a last day. `district` stands in the envelope of each, `school` in that of whatever
belongs to one. The person's topic alone holds names.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import EventData, Language, LoginKind, ScopeId, Version
from shared.contracts.topics import (
    ROSTER_CLASS,
    ROSTER_ENROLMENT,
    ROSTER_GUARDIANSHIP,
    ROSTER_LINK,
    ROSTER_PERSON,
    ROSTER_SCHOOL,
    ROSTER_TERM,
    Topic,
)

Title = Annotated[str, Field(min_length=1, max_length=255)]
Code = Annotated[str, Field(min_length=1, max_length=255)]
MOST = 5_000
"""Of a list; more than an export can name."""

FirstDay = Annotated[date | None, Field(description="The first day; absent: from the beginning.")]
LastDay = Annotated[date | None, Field(description="The last day that counts; absent: no end is known.")]

Role = Literal[
    "student", "guardian", "teacher", "counsellor", "secretary", "head", "school_administrator", "district_operator"
]
"""What a person is at a school or in a district. Who is a homeroom teacher tells the enrolment."""


class Part(BaseModel):
    """What an aggregate is made of."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RosterState(EventData):
    """What all events of the roster have: the version of the aggregate whose state they tell."""

    version: Version


class RosterEvent(RosterState):
    """Of whatever may be over: the last day of it."""

    ends_on: LastDay = None


class SchoolChanged(RosterEvent):
    """A school."""

    TYPE: ClassVar[str] = "pl.dzwonek.school.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_SCHOOL

    school_id: UUID
    name: Title

    @property
    def key(self) -> str:
        """The school's id."""
        return str(self.school_id)


class TermChanged(RosterState):
    """A school year of a district, or a part of one. One that is over stays; one that is withdrawn was never meant."""

    TYPE: ClassVar[str] = "pl.dzwonek.term.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_TERM

    term_id: UUID
    kind: Literal["school_year", "semester", "term", "grading_period"]
    title: Title
    begins_on: date
    ends_on: date = Field(description="The last day of it.")
    parent_id: UUID | None = Field(default=None, description="The term that it is a part of.")
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """The term's id."""
        return str(self.term_id)


class Subject(Part):
    """What is taught."""

    code: Code
    title: Title


class ClassChanged(RosterEvent):
    """A class of a school, or a group across classes."""

    TYPE: ClassVar[str] = "pl.dzwonek.class.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_CLASS

    class_id: UUID
    school_id: UUID
    kind: Literal["homeroom", "group"]
    title: Title
    grades: tuple[Code, ...] = Field(default=(), max_length=MOST)
    subjects: tuple[Subject, ...] = Field(default=(), max_length=MOST)
    term_ids: tuple[UUID, ...] = Field(default=(), max_length=MOST)

    @property
    def key(self) -> str:
        """The class's id."""
        return str(self.class_id)


class PersonRole(Part):
    """What a person is, where, and from when to when."""

    role: Role
    school_id: UUID | None = Field(default=None, description="Absent for a role in the whole district.")
    begins_on: FirstDay = None
    ends_on: LastDay = None


class PersonChanged(RosterEvent):
    """A person of a district, with all roles that are not over."""

    TYPE: ClassVar[str] = "pl.dzwonek.person.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_PERSON

    person_id: UUID
    given_name: Title
    family_name: Title
    born_on: date | None = Field(default=None, description="Known of pupils, where it is: who is of age decides alone.")
    language: Language | None = Field(default=None, description="Absent: that of the school.")
    roles: tuple[PersonRole, ...] = Field(default=(), max_length=MOST)

    @property
    def key(self) -> str:
        """The person's id."""
        return str(self.person_id)


class EnrolmentChanged(RosterEvent):
    """A pupil is in a class, a teacher teaches it, or a guardian sits in its parents' council."""

    TYPE: ClassVar[str] = "pl.dzwonek.enrolment.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_ENROLMENT

    enrolment_id: UUID
    class_id: UUID
    school_id: UUID
    person_id: UUID
    role: Literal["student", "teacher", "council_member"]
    homeroom: bool = Field(default=False, description="Of a teacher: whether this is the class's homeroom teacher.")
    subjects: tuple[Code, ...] = Field(
        default=(), max_length=MOST, description="Of a teacher: the subjects taught; empty: all of the class."
    )
    begins_on: FirstDay = None

    @property
    def key(self) -> str:
        """The enrolment's id."""
        return str(self.enrolment_id)


class GuardianshipChanged(RosterEvent):
    """What a guardian may do for a pupil; a court's document can take each of these."""

    TYPE: ClassVar[str] = "pl.dzwonek.guardianship.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_GUARDIANSHIP

    guardianship_id: UUID
    student_id: UUID
    guardian_id: UUID
    see: bool
    excuse: bool
    receive: bool
    sign: bool

    @property
    def key(self) -> str:
        """The guardianship's id."""
        return str(self.guardianship_id)


class LinkChanged(RosterState):
    """A school login is linked with a portal account, which then is the person whose login it is, or no longer.

    It is that person as the pupil of the pair, as that pupil's guardian or at work at one school: `kind` and `scope_id`
    say which.
    """

    TYPE: ClassVar[str] = "pl.dzwonek.link.changed.v1"
    TOPIC: ClassVar[Topic] = ROSTER_LINK

    login_id: UUID
    kind: LoginKind
    scope_id: ScopeId
    person_id: UUID
    account_id: UUID | None = Field(default=None, description="Absent: linked with none.")

    @property
    def key(self) -> str:
        """The school login's id: it is linked with one account at most."""
        return str(self.login_id)
