"""A school, whole: a pure function of the plan and its number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devstack.district.classes import Class, Place, classes_of
from devstack.district.neighbours import travelling_teacher
from devstack.district.people import Adult, Office, Person, Pupil, Role
from devstack.district.plan import Plan
from devstack.district.pupils import families_of
from devstack.district.staff import Staff, Teaching, office_holders, teachings_of


@dataclass(frozen=True, slots=True)
class School:
    """What is written with a school: its pupils and classes, and its adults, but for those of the school before.

    `families` are the ids of the pupils of each family that has no child elsewhere.
    """

    number: int
    pupils: Mapping[str, Pupil]
    adults: Mapping[str, Adult]
    families: Sequence[tuple[str, ...]]
    classes: Mapping[str, Class]
    places: Sequence[Place]
    teachings: Sequence[Teaching]


def school(plan: Plan, number: int) -> School:
    """The school with this number, from 1 on."""
    families = families_of(plan, number)
    classes, places = classes_of(plan, number, families.pupils)
    before, after = travelling_teacher(plan, number - 1), travelling_teacher(plan, number)
    rng, adults = plan.generator("staff", number), dict(families.guardians)
    staff = Staff(rng, number, _who_may_teach(adults, number), [teacher for teacher in (before, after) if teacher])
    teachings = teachings_of(classes.values(), staff)
    for person in staff.teachers:
        as_parent = adults[person.id].offices if person.id in adults else ()
        adults[person.id] = Adult(person, (Office(Role.TEACHER, number), *as_parent))
    if after:
        both = Office(Role.TEACHER, number), Office(Role.TEACHER, number + 1)
        adults[after.person.id] = Adult(after.person, both)
    for role, person in office_holders(rng, number):
        adults[person.id] = Adult(person, (Office(role, number),))
    return School(
        number,
        {pupil.person.id: pupil for pupil in families.pupils},
        adults,
        [tuple(pupil.person.id for pupil in family) for family in families.local],
        classes,
        places,
        teachings,
    )


def _who_may_teach(guardians: Mapping[str, Adult], number: int) -> list[Person]:
    """The parents who have children at this school alone, and speak Polish with it."""
    return [
        person
        for person, offices in guardians.values()
        if offices == (Office(Role.PARENT, number),) and person.language == "pl"
    ]
