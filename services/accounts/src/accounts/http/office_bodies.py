"""The bodies of the office's requests and answers."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.domain.school_logins import Kind
from accounts.handlers.handing_out import Slip
from accounts.handlers.office import People, Printed
from accounts.http.bodies import Body
from accounts.store.login_guesses import GuessedLogin
from accounts.store.offices import ClassCounts, ClassPlace
from accounts.store.school_logins import Found, School


class SchoolAnswer(BaseModel):
    """A school."""

    school_id: UUID
    name: str

    @classmethod
    def of(cls, school: School) -> Self:
        """The answer for a school."""
        return cls(school_id=school.school_id, name=school.name)


class ClassAnswer(BaseModel):
    """A class of a school."""

    class_id: UUID
    title: str = Field(examples=["3b"])
    school: SchoolAnswer

    @classmethod
    def of(cls, place: ClassPlace) -> Self:
        """The answer for a class."""
        return cls(class_id=place.class_id, title=place.title, school=SchoolAnswer.of(place.school))


class DesksAnswer(BaseModel):
    """The schools whose office the caller is of, and the classes whose homeroom teacher."""

    schools: list[SchoolAnswer]
    classes: list[ClassAnswer]


class ClassCountsAnswer(BaseModel):
    """A homeroom class, and who of it has a login."""

    class_id: UUID
    title: str = Field(examples=["3b"])
    pupils: int
    people: int = Field(description="Who is to have a login: pupils, and a guardian for each of their pupils.")
    logins: int = Field(description="How many of them have one.")
    unused: int = Field(description="Of how many the printed password was not used yet.")

    @classmethod
    def of(cls, counts: ClassCounts) -> Self:
        """The answer for a class."""
        return cls(**vars(counts))


class SchoolLoginsAnswer(BaseModel):
    """A school and its homeroom classes."""

    school: SchoolAnswer
    classes: list[ClassCountsAnswer]


class GuessedLoginAnswer(BaseModel):
    """A login, and how many wrong passwords were entered for it."""

    login_id: UUID
    name: str = Field(examples=["12345678"])
    kind: Kind
    sign_ins: int = Field(description="To sign in with it.")
    links: int = Field(description="To link it with a portal account.")

    @classmethod
    def of(cls, guessed: GuessedLogin) -> Self:
        """The answer for a login."""
        return cls(**vars(guessed))


class GuessesAnswer(BaseModel):
    """The most guessed first."""

    logins: list[GuessedLoginAnswer]


class PersonAnswer(BaseModel):
    """Somebody who has a login or is to have one."""

    kind: Kind
    person: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False, description="Whose pair it is of; absent for staff.")
    login_id: UUID | None = Field(default=None, description="Absent where there is no login yet.")
    login: str | None = Field(default=None, examples=["12345678u"])
    unused: bool | None = Field(default=None, description="Whether the printed password was not used yet.")

    @classmethod
    def of(cls, found: Found) -> Self:
        """The answer for somebody."""
        return cls(
            kind=found.holder.kind,
            person=found.person,
            pupil=found.pupil,
            login_id=found.login_id,
            login=found.holder.name,
            unused=found.is_first_password,
        )


class PeopleAnswer(BaseModel):
    """Pupils each followed by their guardians, or staff, in the order of names."""

    school: SchoolAnswer
    class_title: str | None = None
    people: list[PersonAnswer]

    @classmethod
    def of(cls, people: People) -> Self:
        """The answer for a class or the staff."""
        found = [PersonAnswer.of(each) for each in people.found]
        return cls(school=SchoolAnswer.of(people.school), class_title=people.class_title, people=found)


class IssueBody(Body):
    """Logins are handed out."""

    again: bool = Field(
        default=False, description="Another printed password also for those who have not used theirs yet."
    )


class SlipAnswer(BaseModel):
    """What somebody is given on paper. The password is told this once and kept nowhere."""

    kind: Kind
    person: str = Field(repr=False)
    pupil: str | None = Field(default=None, repr=False)
    language: str | None = Field(default=None, description="Of the slip.")
    login: str = Field(examples=["12345678u"])
    password: str = Field(repr=False, examples=["abcd-efgh-jkmn"])

    @classmethod
    def of(cls, slip: Slip) -> Self:
        """The answer for a slip."""
        return cls(**vars(slip))


class SlipsAnswer(BaseModel):
    """The slips, how many logins are new, and how many had one already and keep it."""

    slips: list[SlipAnswer]
    new: int
    kept: int

    @classmethod
    def of(cls, printed: Printed) -> Self:
        """The answer for slips."""
        return cls(slips=[SlipAnswer.of(slip) for slip in printed.slips], new=printed.new, kept=printed.kept)
