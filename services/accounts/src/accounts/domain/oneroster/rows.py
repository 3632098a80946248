"""The rows of a roster, in one shape for both releases: tuples in the order in which the database takes them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple


class Org(NamedTuple):
    """A school, or what it belongs to. `line` is where the row begins in its file; in all shapes."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    name: str
    type: str
    identifier: str | None
    parent_sourced_id: str | None


class Session(NamedTuple):
    """A school year or a part of it. `school_year` is that in which it ends."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    title: str
    type: str
    start_date: date
    end_date: date
    parent_sourced_id: str | None
    school_year: int


class Course(NamedTuple):
    """What is taught, in any number of classes."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    school_year_sourced_id: str | None
    title: str
    course_code: str | None
    grades: tuple[str, ...]
    org_sourced_id: str
    subjects: tuple[str, ...]
    subject_codes: tuple[str, ...]


class Class(NamedTuple):
    """A class, of type `homeroom`, or a group that is taught together, `scheduled`."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    title: str
    grades: tuple[str, ...]
    course_sourced_id: str | None
    class_code: str | None
    class_type: str
    location: str | None
    school_sourced_id: str
    term_sourced_ids: tuple[str, ...]
    subjects: tuple[str, ...]
    subject_codes: tuple[str, ...]
    periods: tuple[str, ...]


class User(NamedTuple):
    """Somebody; what they are at which school, their roles say. The password is not read: a roster spreads it.

    `agent_sourced_ids` are the guardians of a pupil, or the pupils of a guardian. `language` is pl, en or uk.
    """

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    enabled_user: bool
    username: str
    user_ids: tuple[str, ...]
    given_name: str
    family_name: str
    middle_name: str | None
    identifier: str | None
    email: str | None
    sms: str | None
    phone: str | None
    agent_sourced_ids: tuple[str, ...]
    grades: tuple[str, ...]
    user_master_identifier: str | None
    preferred_given_name: str | None
    preferred_middle_name: str | None
    preferred_family_name: str | None
    primary_org_sourced_id: str | None
    pronouns: str | None
    language: str | None = None


class RoleOf(NamedTuple):
    """What somebody is at an org.

    Those that stand in the users of 1.1 have the ids of org and user, with a comma between, as their own.
    """

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    user_sourced_id: str
    role_type: str
    role: str
    begin_date: date | None
    end_date: date | None
    org_sourced_id: str
    user_profile_sourced_id: str | None


class Enrollment(NamedTuple):
    """Who is in a class, as what. `taught` are the codes of the subjects that a teacher teaches in it."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    class_sourced_id: str
    school_sourced_id: str
    user_sourced_id: str
    role: str
    primary: bool | None
    begin_date: date | None
    end_date: date | None
    taught: tuple[str, ...] = ()


class Demographics(NamedTuple):
    """When somebody was born, and the sex; `sourced_id` is the user's. Nothing else of the file is read."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    birth_date: date | None
    sex: str | None


class UserOf1_1(NamedTuple):  # noqa: N801 - the release
    """A user as 1.1 has them: with one role, the same at all their orgs."""

    line: int
    sourced_id: str
    status: str | None
    date_last_modified: datetime | None
    enabled_user: bool
    org_sourced_ids: tuple[str, ...]
    role: str
    username: str
    user_ids: tuple[str, ...]
    given_name: str
    family_name: str
    middle_name: str | None
    identifier: str | None
    email: str | None
    sms: str | None
    phone: str | None
    agent_sourced_ids: tuple[str, ...]
    grades: tuple[str, ...]
    language: str | None = None

    def user(self) -> User:
        """The user in the shape of 1.2."""
        return User(
            line=self.line,
            sourced_id=self.sourced_id,
            status=self.status,
            date_last_modified=self.date_last_modified,
            enabled_user=self.enabled_user,
            username=self.username,
            user_ids=self.user_ids,
            given_name=self.given_name,
            family_name=self.family_name,
            middle_name=self.middle_name,
            identifier=self.identifier,
            email=self.email,
            sms=self.sms,
            phone=self.phone,
            agent_sourced_ids=self.agent_sourced_ids,
            grades=self.grades,
            user_master_identifier=None,
            preferred_given_name=None,
            preferred_middle_name=None,
            preferred_family_name=None,
            primary_org_sourced_id=None,
            pronouns=None,
            language=self.language,
        )

    def roles(self) -> Iterator[RoleOf]:
        """The roles in the shape of 1.2: the only one at an org is its primary one. In a delta they are all of them."""
        for org in dict.fromkeys(self.org_sourced_ids):
            yield RoleOf(
                line=self.line,
                sourced_id=f"{org},{self.sourced_id}",
                status=self.status,
                date_last_modified=self.date_last_modified,
                user_sourced_id=self.sourced_id,
                role_type="primary",
                role=self.role,
                begin_date=None,
                end_date=None,
                org_sourced_id=org,
                user_profile_sourced_id=None,
            )


Row = Org | Session | Course | Class | User | RoleOf | Enrollment | Demographics

SHAPES: Mapping[str, type[Row]] = {
    "orgs": Org,
    "academicSessions": Session,
    "courses": Course,
    "classes": Class,
    "users": User,
    "roles": RoleOf,
    "enrollments": Enrollment,
    "demographics": Demographics,
}
"""The shape of each file's rows."""

_EXTENSION_FIELDS = {"language": "metadata.language", "taught": "metadata.subjects"}

_PERIODS = (("start_date", "end_date"), ("begin_date", "end_date"))


def column_of(field: str) -> str:
    """The column that a field of a shape is read from."""
    first, *others = field.split("_")
    return _EXTENSION_FIELDS.get(field) or first + "".join(word.capitalize() for word in others)


def period_of(fields: tuple[str, ...]) -> tuple[int, int] | None:
    """Where in a row its first and its last day stand, when it has both."""
    for begin, end in _PERIODS:
        if begin in fields and end in fields:
            return fields.index(begin), fields.index(end)
    return None
