"""Links: a portal account takes in school logins, and by them is the people whose logins they are (domain.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from accounts.domain.school_logins import Kind


@dataclass(frozen=True)
class Link:
    """A school login and the account that it is linked with, if it is. `pupil` is whose pair it is of, None for staff.

    `version` grows with every link and its end.
    """

    login_id: UUID
    district_id: UUID
    school_id: UUID
    person_id: UUID
    student_id: UUID | None
    kind: Kind
    name: str
    person: str = field(repr=False)
    pupil: str | None = field(repr=False)
    school: str
    account_id: UUID | None
    linked_at: datetime | None
    version: int

    @property
    def scope_id(self) -> UUID:
        """What it is for: the pupil whose pair it is of, or the school where its owner works."""
        return self.student_id or self.school_id

    def with_account(self, account_id: UUID, now: datetime) -> Self:
        """As it is once it is linked with an account."""
        return replace(self, account_id=account_id, linked_at=now, version=self.version + 1)

    def ended(self) -> Self:
        """As it is once it is linked with none."""
        return replace(self, account_id=None, linked_at=None, version=self.version + 1)


@dataclass(frozen=True)
class Place:
    """What somebody is and where: a pupil, the guardian of one, or staff. The person is the pupil, or who works there.

    `classes` are the homeroom classes there. `login_id` is the own login of a guardian's child, if there is one.
    """

    kind: Literal["student", "guardian", "staff"]
    person_id: UUID
    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    school_id: UUID
    school: str
    classes: Sequence[str]
    roles: Sequence[str]
    login_id: UUID | None = None
