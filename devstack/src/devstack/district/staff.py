"""Who works at a school, and who teaches which class what."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from devstack.district.classes import Class
from devstack.district.names import draw_surname
from devstack.district.neighbours import TravellingTeacher
from devstack.district.people import Person, Role, invent_adult
from devstack.district.subjects import DESKS, GROUPS, SUPPORT, Desk

WOMEN = 0.8
PARENT_EVERY, PARENT_FIRST = 20, 3
"""Which of the teachers that a school takes on has a child there."""

SUPPORT_EVERY = 6
"""Of so many classes one has a second teacher in its main subject."""

OFFICES = (Role.HEAD, Role.SECRETARY, Role.COUNSELLOR)


class Teaching(NamedTuple):
    """A teacher of a class. `primary` is the homeroom teacher, and the only teacher of a group.

    `subjects` are codes; there are none for a group, which has one subject.
    """

    class_id: str
    teacher_id: str
    primary: bool
    subjects: tuple[str, ...]


class Staff:
    """Takes on whoever is needed beside the travelling teachers: now and then a pupil's parent, else somebody new."""

    def __init__(
        self, rng: Random, number: int, parents: Sequence[Person], travelling: Iterable[TravellingTeacher]
    ) -> None:
        self._rng = rng
        self._number = number
        self._parents = list(parents)
        self._at_desk = {teacher.desk: (teacher.person, teacher.desk.classes) for teacher in travelling}
        self.teachers: list[Person] = []
        """Who was taken on, in that order; not the travelling teachers."""

    def teacher(self, desk: Desk) -> Person:
        """Who teaches one more class at the desk."""
        person, free = self._at_desk.get(desk, (None, 0))
        if person is None or not free:
            person, free = self._take_on(), desk.classes
        self._at_desk[desk] = person, free - 1
        return person

    def _take_on(self) -> Person:
        number = len(self.teachers) + 1
        if number % PARENT_EVERY == PARENT_FIRST and self._parents:
            person = self._parents.pop(self._rng.randrange(len(self._parents)))
        else:
            person = _employee(self._rng, f"{self._number}-t{number}")
        self.teachers.append(person)
        return person


def office_holders(rng: Random, number: int) -> list[tuple[Role, Person]]:
    """The head, the secretary and the counsellor of a school."""
    return [(role, _employee(rng, f"{number}-s{n}")) for n, role in enumerate(OFFICES, 1)]


def teachings_of(classes: Iterable[Class], staff: Staff) -> list[Teaching]:
    """Who teaches the classes. Nobody is homeroom teacher of two as long as somebody who teaches there is of none."""
    teachings: list[Teaching] = []
    leading: set[str] = set()
    for n, taught in enumerate(classes):
        if not taught.homeroom:
            teachings.append(Teaching(taught.id, staff.teacher(GROUPS).id, True, ()))
            continue
        codes = [subject.code for subject in taught.subjects]
        teachers = {
            staff.teacher(desk).id: tuple(code for code in codes if code in desk.subjects)
            for desk in DESKS
            if not desk.subjects.isdisjoint(codes)
        }
        homeroom = next((teacher for teacher in teachers if teacher not in leading), next(iter(teachers)))
        leading.add(homeroom)
        if n % SUPPORT_EVERY == 0:
            teachers[staff.teacher(SUPPORT).id] = (codes[0],)
        teachings += [
            Teaching(taught.id, teacher, teacher == homeroom, subjects) for teacher, subjects in teachers.items()
        ]
    return teachings


def _employee(rng: Random, key: str) -> Person:
    return invent_adult(rng, key, female=rng.random() < WOMEN, surname=draw_surname(rng, "pl"), reachable=1)
