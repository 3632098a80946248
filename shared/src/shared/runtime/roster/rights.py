"""Who may see and do what: decided here alone, from what ties somebody to a school's people on a day.

Whatever nothing is known of is refused. A handler that finds no tie to a school at all answers as if the thing did not
exist (404), and 403 only where there is one that gives no such right.
"""

from collections.abc import Iterable, Set
from typing import Literal, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.envelope import LoginKind
from shared.contracts.roster import Role
from shared.runtime.auth.access_tokens import SignedIn

GuardianRight = Literal["see", "excuse", "receive", "sign"]
"""What a guardian may do for a child; a court's document can take each of these."""

OFFICE: frozenset[Role] = frozenset({"secretary", "head", "school_administrator"})
"""The roles that keep a school's register."""

WHOLE_SCHOOL: frozenset[Role] = OFFICE | {"counsellor"}
"""The roles to which all pupils of a school are known: the office, and whoever is there to help them."""


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True)


class RoleTie(_Known):
    """A role at a school, or, without one, in the district."""

    role: Role
    school_id: UUID | None


class ClassTie(_Known):
    """A place in a class. A teacher without subjects teaches all of the class's."""

    class_id: UUID
    school_id: UUID
    role: Literal["student", "teacher", "council_member"]
    homeroom: bool
    subjects: frozenset[str]

    def teaches(self, subject: str | None) -> bool:
        """Whether this is a teacher of the class, and of that subject if one is named."""
        return self.role == "teacher" and (subject is None or not self.subjects or subject in self.subjects)


class ChildTie(_Known):
    """A child whose guardian the person is, and what that allows."""

    student_id: UUID
    see: bool
    excuse: bool
    receive: bool
    sign: bool

    def allows(self, right: GuardianRight) -> bool:
        """Whether the guardian has that right."""
        return bool(getattr(self, right))


class Acting(NamedTuple):
    """Somebody by one of their logins: as the pupil of a pair, as that pupil's guardian, or at work at one school.

    So nobody who prints a login anew for others gets at more by it than belongs to them: a homeroom teacher at nothing
    of a mother's office, a school at nothing of her child at another one.
    """

    person_id: UUID
    kind: LoginKind
    scope_id: UUID

    @classmethod
    def at_school(cls, who: SignedIn) -> Self | None:
        """Whoever is signed in with a school login; None of a portal account."""
        if who.person_id is None or who.login_kind is None or who.scope_id is None:
            return None
        return cls(who.person_id, who.login_kind, who.scope_id)


class Ties(_Known):
    """What ties one person of a district to others. `is_self`: whether they are that person as a pupil."""

    person_id: UUID
    district_id: UUID
    is_self: bool = True
    roles: tuple[RoleTie, ...] = ()
    classes: tuple[ClassTie, ...] = ()
    children: tuple[ChildTie, ...] = ()


class Place(_Known):
    """Where a pupil is on a day."""

    student_id: UUID
    district_id: UUID
    school_ids: frozenset[UUID]
    class_ids: frozenset[UUID]


class Rights:
    """What somebody may do on a day, as all the persons that they are: with children in two districts these are two."""

    def __init__(self, ties: Iterable[Ties]) -> None:
        self._ties = tuple(ties)

    @property
    def ties(self) -> tuple[Ties, ...]:
        """What it is decided by."""
        return self._ties

    def is_(self, student: UUID) -> bool:
        """Whether this is that pupil."""
        return any(each.is_self and each.person_id == student for each in self._ties)

    def guardian_of(self, student: UUID, right: GuardianRight = "see") -> bool:
        """Whether this is a guardian of that pupil who has the right."""
        return any(
            child.student_id == student and child.allows(right) for each in self._ties for child in each.children
        )

    def teaches(self, class_id: UUID, subject: str | None = None) -> bool:
        """Whether this is a teacher of that class, and there of that subject if one is named."""
        return any(
            place.class_id == class_id and place.teaches(subject) for each in self._ties for place in each.classes
        )

    def homeroom_of(self, class_id: UUID) -> bool:
        """Whether this is the homeroom teacher of that class."""
        return any(
            place.class_id == class_id and place.homeroom and place.teaches(None)
            for each in self._ties
            for place in each.classes
        )

    def office_of(self, school: UUID, roles: frozenset[Role] = OFFICE) -> bool:
        """Whether this is somebody of that school's office, or has one of the roles that are named."""
        return any(held.school_id == school and held.role in roles for each in self._ties for held in each.roles)

    def operates(self, district: UUID) -> bool:
        """Whether this is an operator of that district. It gives no sight of anybody's grades."""
        return any(
            each.district_id == district and held.role == "district_operator" and held.school_id is None
            for each in self._ties
            for held in each.roles
        )

    def sees(self, student: Place) -> bool:
        """Whether that pupil's record is open to this person: to themselves, to guardians who may see, to teachers of
        their classes, and to those of their schools who know all pupils."""
        return (
            self.is_(student.student_id)
            or self.guardian_of(student.student_id, "see")
            or any(self.teaches(class_id) for class_id in student.class_ids)
            or any(self.office_of(school, WHOLE_SCHOOL) for school in student.school_ids)
        )


def rights(told: Iterable[str], acting: Iterable[Acting]) -> Rights:
    """The rights of somebody who is all these, by the people's ties as JSON: what each login is for, and no more."""
    logins = set(acting)
    return Rights(_in_scope(Ties.model_validate_json(each), logins) for each in told)


def _in_scope(ties: Ties, logins: Set[Acting]) -> Ties:
    def has(kind: LoginKind, scope: UUID | None) -> bool:
        return scope is not None and Acting(ties.person_id, kind, scope) in logins

    return ties.model_copy(
        update={
            "is_self": has("student", ties.person_id),
            "roles": tuple(role for role in ties.roles if has("staff", role.school_id)),
            "classes": tuple(place for place in ties.classes if has("staff", place.school_id)),
            "children": tuple(child for child in ties.children if has("guardian", child.student_id)),
        }
    )
