"""Ids of a roster: made of the district's and of what its export calls the thing, the same in every import."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from uuid_utils import UUID as FastUUID  # noqa: N811 - ten times as fast, and there are millions
from uuid_utils import uuid5 as fast_uuid5

DISTRICTS = uuid5(NAMESPACE_URL, "https://dzwonek.example.org/districts")
"""The namespace of districts, which are named by the code of their exports."""

Named = Callable[[str], FastUUID]


def district_id(code: str) -> UUID:
    """The id of the district with this code."""
    return uuid5(DISTRICTS, code)


class Ids:
    """Ids of a district's things by their `sourcedId`; before it stands the kind of whatever is no person."""

    def __init__(self, district: UUID) -> None:
        self._namespace = FastUUID(str(district))
        self.person: Named = partial(fast_uuid5, self._namespace)
        self.org: Named = partial(self._of_kind, "org/")
        self.term: Named = partial(self._of_kind, "term/")
        self.course: Named = partial(self._of_kind, "course/")
        self.class_: Named = partial(self._of_kind, "class/")
        self.enrolment: Named = partial(self._of_kind, "enrolment/")
        self.role_row: Named = partial(self._of_kind, "role-row/")

    def of_file(self, file: str, sourced_id: str) -> FastUUID | None:
        """The id of what a row of a file tells of; None for roles, which need their person's, too."""
        return _OF_FILE[file](self, sourced_id) if file in _OF_FILE else None

    def role(self, user: str, sourced_id: str) -> FastUUID:
        """The id of a person's role. With the person in it: a role that another person has is another."""
        return self._of_kind("role/", f"{len(user)}/{user}/{sourced_id}")

    def guardianship(self, one: str, other: str) -> FastUUID:
        """The id of what two people are to each other, whichever of them names the other."""
        first, second = sorted((one, other))
        return self._of_kind("guardianship/", f"{len(first)}/{first}/{second}")

    def _of_kind(self, kind: str, sourced_id: str) -> FastUUID:
        return fast_uuid5(self._namespace, kind + sourced_id)


_OF_FILE: Mapping[str, Callable[[Ids, str], FastUUID]] = {
    "orgs": lambda ids, name: ids.org(name),
    "academicSessions": lambda ids, name: ids.term(name),
    "courses": lambda ids, name: ids.course(name),
    "classes": lambda ids, name: ids.class_(name),
    "users": lambda ids, name: ids.person(name),
    "enrollments": lambda ids, name: ids.enrolment(name),
    "demographics": lambda ids, name: ids.person(name),
}
