"""What two schools with following numbers have in common: families with a child in each, and a teacher.

Each school asks for the borders on both its sides and is given the same as its neighbour.
"""

from itertools import count
from typing import NamedTuple

from devstack.district.families import Household, couple, half_siblings
from devstack.district.names import draw_surname
from devstack.district.people import Person, invent_adult
from devstack.district.plan import Plan
from devstack.district.subjects import TRAVELLING, Desk

SHARED = 50
"""Of so many pupils one has a sibling over each border."""

SMALL = 4
"""Schools of fewer pupils share no family, so that none has more siblings than pupils."""

TWO_HOUSEHOLDS = 3
"""Of so many families over a border one has half-siblings."""


class TravellingTeacher(NamedTuple):
    """A teacher who works at both schools, and at which desk."""

    person: Person
    desk: Desk


def shared_families(plan: Plan, number: int) -> list[tuple[Household, Household]]:
    """The families with a child in this school and one in the next; their households there and there."""
    smaller = min(plan.size(number), plan.size(number + 1)) if _is_border(plan, number) else 0
    if smaller < SMALL:
        return []
    rng = plan.generator("families", number)
    keys = (f"{number}-{number + 1}-{n}" for n in count(1))
    return [
        half_siblings(rng, keys) if n % TWO_HOUSEHOLDS == 0 else (couple(rng, keys),) * 2
        for n in range(1, max(1, smaller // SHARED) + 1)
    ]


def travelling_teacher(plan: Plan, number: int) -> TravellingTeacher | None:
    """Who teaches at this school and at the next, if there is one."""
    if not _is_border(plan, number):
        return None
    rng = plan.generator("travelling", number)
    key = f"{number}-{number + 1}-t"
    person = invent_adult(rng, key, female=rng.random() < 1 / 2, surname=draw_surname(rng, "pl"), reachable=1)
    return TravellingTeacher(person, TRAVELLING[number % len(TRAVELLING)])


def _is_border(plan: Plan, number: int) -> bool:
    return 0 < number < plan.schools
