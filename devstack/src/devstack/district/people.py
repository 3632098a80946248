"""The people of a district, and how one of them is invented."""

from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import NamedTuple

from devstack.district.names import draw_given, plain, surname_form

DOMAINS = ("example.org", "poczta.example.org", "rodzina.example.com", "szkoly.example.com")
"""Domains that nobody can have (RFC 2606)."""

REACHABLE_ADULTS, REACHABLE_PUPILS = 0.9, 0.3
"""How many of them have an e-mail address."""

OLDER = 0.02
BEFORE_SCHOOL = 6
"""How many more years than those at school: who begins year 1 turns seven in that calendar year."""


class Role(StrEnum):
    """What somebody is at a school, in OneRoster 1.2's words."""

    STUDENT = "student"
    PARENT = "parent"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    HEAD = "principal"
    SECRETARY = "siteAdministrator"
    COUNSELLOR = "counselor"


class Person(NamedTuple):
    """Somebody, by the id and the name. `email` is empty for those who have none."""

    id: str
    username: str
    given: str
    family: str
    email: str
    language: str


class Office(NamedTuple):
    """A role at a school."""

    role: Role
    school: int


class Adult(NamedTuple):
    """An adult and all that they are. The first is what 1.1, which has one role for a person, tells."""

    person: Person
    offices: tuple[Office, ...]


class Pupil(NamedTuple):
    """A pupil in a year of school, 1 to 12; `guardians` are ids."""

    person: Person
    female: bool
    born: date
    grade: int
    guardians: tuple[str, ...]


def invent_adult(
    rng: Random, key: str, *, female: bool, surname: str, language: str = "pl", reachable: float = REACHABLE_ADULTS
) -> Person:
    """An adult. `key` is theirs alone among the district's adults; `surname` has the form of men."""
    username = key.replace("-", ".")
    given, family = draw_given(rng, language, female=female), surname_form(surname, female=female)
    email = _address(rng, given, family, username, share=reachable)
    return Person(f"adult-{key}", username, given, family, email, language)


def invent_pupil(rng: Random, key: str, *, female: bool, surname: str, language: str) -> Person:
    """A pupil. `key` is theirs alone among the district's pupils; `surname` has the form of men."""
    username = f"{key.replace('-', '.')}u"
    given, family = draw_given(rng, language, female=female), surname_form(surname, female=female)
    email = _address(rng, given, family, username, share=REACHABLE_PUPILS)
    return Person(f"pupil-{key}", username, given, family, email, language)


def invent_birthday(rng: Random, *, grade: int, year: int) -> date:
    """A day on which somebody was born who is in this year of school; some are a year older than the others."""
    born = year - BEFORE_SCHOOL - grade - (rng.random() < OLDER)
    return date(born, 1, 1) + timedelta(days=rng.randrange(365))


def _address(rng: Random, given: str, family: str, username: str, *, share: float) -> str:
    """An e-mail address, for this share of people, else nothing. No two have the same, as no username is."""
    if rng.random() >= share:
        return ""
    return f"{plain(given)}.{plain(family)}.{username}@{rng.choice(DOMAINS)}"
