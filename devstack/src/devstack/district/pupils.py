"""The pupils of a school with their families."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random

from devstack.district.families import Family, Household, families
from devstack.district.kinds import kind_of
from devstack.district.neighbours import shared_families
from devstack.district.people import Adult, Office, Pupil, invent_birthday, invent_pupil
from devstack.district.plan import Plan


@dataclass(frozen=True, slots=True)
class Families:
    """The pupils of a school, and the guardians that are written with it.

    Guardians with a child in the next school are among them, those with one in the school before are that school's.
    `local` has the pupils of each family that has no child elsewhere.
    """

    pupils: list[Pupil]
    guardians: Mapping[str, Adult]
    local: list[tuple[Pupil, ...]]


def families_of(plan: Plan, number: int) -> Families:
    """The families of a school's pupils: first those that it shares with its neighbours."""
    rng, size = plan.generator("pupils", number), plan.size(number)
    grades = _grades(rng, number, size)
    pupils: list[Pupil] = []
    guardians: dict[str, Adult] = {}
    local: list[tuple[Pupil, ...]] = []

    def enrol(family: Family) -> tuple[Pupil, ...]:
        keys = (f"{number}-{n}" for n in count(len(pupils) + 1))
        children = tuple(_children(rng, plan.year, family, keys, grades))
        pupils.extend(children)
        return children

    for _, household in shared_families(plan, number - 1):
        enrol((household,))
    for here, there in shared_families(plan, number):
        enrol((here,))
        add_guardians(guardians, here, number)
        add_guardians(guardians, there, number + 1)
    endless = families(rng, (f"{number}-{n}" for n in count(1)))
    while len(pupils) < size:
        family = next(endless)[: size - len(pupils)]
        local.append(enrol(family))
        for household in family:
            add_guardians(guardians, household, number)
    return Families(pupils, guardians, local)


def invent_child(rng: Random, key: str, household: Household, *, grade: int, born: date) -> Pupil:
    """A child of the household in a year of school."""
    female = rng.random() < 1 / 2
    person = invent_pupil(rng, key, female=female, surname=household.surname, language=household.language)
    return Pupil(person, female, born, grade, tuple(guardian.person.id for guardian in household.guardians))


def add_guardians(adults: dict[str, Adult], household: Household, number: int) -> None:
    """Adds who has a child of the household at this school, or what is new of them."""
    for person, role in household.guardians:
        offices = adults[person.id].offices if person.id in adults else ()
        office = Office(role, number)
        if office not in offices:
            adults[person.id] = Adult(person, (*offices, office))


def _grades(rng: Random, number: int, size: int) -> Iterator[int]:
    """The years of school of so many pupils, as many in each."""
    grades = kind_of(number).grades
    drawn = [grades[n * len(grades) // size] for n in range(size)]
    rng.shuffle(drawn)
    return iter(drawn)


def _children(rng: Random, year: int, family: Family, keys: Iterator[str], grades: Iterator[int]) -> Iterator[Pupil]:
    """The children of a family. Those of one household in the same year of school are twins."""
    born: dict[tuple[str, int], date] = {}
    for household, key, grade in zip(family, keys, grades, strict=False):
        other = household.guardians[-1].person.id  # the first may be that of half-siblings as well
        day = born.setdefault((other, grade), invent_birthday(rng, grade=grade, year=year))
        yield invent_child(rng, key, household, grade=grade, born=day)
