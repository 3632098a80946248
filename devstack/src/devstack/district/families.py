"""The families that children come from, of every kind that a register has to get right.

What matters is who gets mail about whom: siblings share guardians, half-siblings share one of them, some guardians have
another name than the child, some are grandparents, some read no Polish.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from devstack.district.names import UKRAINIAN, draw_surname
from devstack.district.people import Person, Role, invent_adult

Keys = Iterator[str]
"""Keys for the adults, one after another."""


class Guardian(NamedTuple):
    """An adult and what they are to the child: parent, or guardian in place of one."""

    person: Person
    role: Role


class Household(NamedTuple):
    """Whose a child is, and how it is named and spoken with. `surname` has the form of men."""

    guardians: tuple[Guardian, ...]
    surname: str
    language: str


Family = tuple[Household, ...]
"""A household for each child: the same for siblings, two with one guardian in common for half-siblings."""

GRANDPARENTS_REACHABLE = 0.4
MOTHER_ALONE = 0.85
COMMON_MOTHER = 0.7
SECOND_CHILD, THIRD_CHILD = 0.2, 0.03


def families(rng: Random, keys: Keys) -> Iterator[Family]:
    """Families without an end. Each kind comes as often in every 40 as there are many in the deck."""
    while True:
        deck = list(DECK)
        rng.shuffle(deck)
        for kind in deck:
            yield kind(rng, keys)


def couple(rng: Random, keys: Keys, *, language: str = "pl") -> Household:
    """Two parents of one name."""
    surname = draw_surname(rng, language)
    return Household(
        (
            _parent(rng, keys, surname, female=True, language=language),
            _parent(rng, keys, surname, female=False, language=language),
        ),
        surname,
        language,
    )


def half_siblings(rng: Random, keys: Keys) -> tuple[Household, Household]:
    """Two children of one parent, each with another parent, whose name it has. The common one is the first of both."""
    female = rng.random() < COMMON_MOTHER
    common = _parent(rng, keys, draw_surname(rng, "pl"), female=female)

    def household() -> Household:
        surname = draw_surname(rng, "pl")
        other = _parent(rng, keys, surname, female=not female)
        return Household((common, other), surname, "pl")

    return household(), household()


def _parent(rng: Random, keys: Keys, surname: str, *, female: bool, language: str = "pl") -> Guardian:
    person = invent_adult(rng, next(keys), female=female, surname=surname, language=language)
    return Guardian(person, Role.PARENT)


def _grandparent(rng: Random, keys: Keys, surname: str, *, female: bool) -> Guardian:
    person = invent_adult(rng, next(keys), female=female, surname=surname, reachable=GRANDPARENTS_REACHABLE)
    return Guardian(person, Role.GUARDIAN)


def _siblings(rng: Random, household: Household) -> Family:
    """One, two or three children of the household."""
    chance = rng.random()
    return (household,) * (1 + (chance < SECOND_CHILD) + (chance < THIRD_CHILD))


def _of_couple(rng: Random, keys: Keys) -> Family:
    return _siblings(rng, couple(rng, keys))


def _of_two_names(rng: Random, keys: Keys) -> Family:
    """Parents with a name each; the children have the father's."""
    hers, his = draw_surname(rng, "pl"), draw_surname(rng, "pl")
    parents = _parent(rng, keys, hers, female=True), _parent(rng, keys, his, female=False)
    return _siblings(rng, Household(parents, his, "pl"))


def _of_one_parent(rng: Random, keys: Keys, *, language: str = "pl") -> Family:
    surname = draw_surname(rng, language)
    parent = _parent(rng, keys, surname, female=rng.random() < MOTHER_ALONE, language=language)
    return _siblings(rng, Household((parent,), surname, language))


def _of_grandparents(rng: Random, keys: Keys) -> Family:
    """Grandparents in place of parents."""
    surname = draw_surname(rng, "pl")
    both = _grandparent(rng, keys, surname, female=True), _grandparent(rng, keys, surname, female=False)
    return _siblings(rng, Household(both, surname, "pl"))


def _of_mother_and_grandmother(rng: Random, keys: Keys) -> Family:
    surname = draw_surname(rng, "pl")
    both = _parent(rng, keys, surname, female=True), _grandparent(rng, keys, surname, female=True)
    return _siblings(rng, Household(both, surname, "pl"))


def _of_ukrainian_mother(rng: Random, keys: Keys) -> Family:
    return _of_one_parent(rng, keys, language=UKRAINIAN)


def _of_ukrainian_couple(rng: Random, keys: Keys) -> Family:
    return _siblings(rng, couple(rng, keys, language=UKRAINIAN))


def _back_from_abroad(rng: Random, keys: Keys) -> Family:
    """With Polish names, and rather spoken to in English."""
    return _siblings(rng, couple(rng, keys, language="en"))


DECK: tuple[Callable[[Random, Keys], Family], ...] = (
    *(_of_couple,) * 20,
    *(_of_two_names,) * 5,
    *(_of_one_parent,) * 6,
    *(half_siblings,) * 3,
    *(_of_mother_and_grandmother,) * 2,
    _of_grandparents,
    _of_ukrainian_mother,
    _of_ukrainian_couple,
    _back_from_abroad,
)
"""How often there is each kind, of 40. With the siblings there are about three guardians to two pupils."""
