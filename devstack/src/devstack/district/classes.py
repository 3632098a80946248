"""The classes of a school, the groups across them, and who is in which."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count, product
from string import ascii_lowercase
from typing import NamedTuple

from devstack.district.kinds import kind_of
from devstack.district.people import Pupil
from devstack.district.plan import Plan
from devstack.district.subjects import Subject, group_subject, taught_in

LARGEST_CLASS = 28
LARGEST_GROUP = 24
ROOMS = 60


class Class(NamedTuple):
    """A homeroom class, or a group across the classes of its year."""

    id: str
    title: str
    grade: int
    homeroom: bool
    course: str
    subjects: tuple[Subject, ...]
    room: int


class Place(NamedTuple):
    """A pupil in a class, and since when."""

    class_id: str
    pupil_id: str
    since: date


def homeroom_course(plan: Plan, grade: int) -> str:
    """The id of the course that the classes of a year take."""
    return f"course-{plan.year}-{grade:02}"


def group_course(plan: Plan, subject: Subject) -> str:
    """The id of the course that the groups of a subject take."""
    return f"course-{plan.year}-{subject.code.lower()}"


def classes_of(plan: Plan, number: int, pupils: Sequence[Pupil]) -> tuple[Mapping[str, Class], list[Place]]:
    """The classes by their ids, and the places in them. A year without pupils has none."""
    rng, since = plan.generator("classes", number), plan.school_year.year.begins
    classes: dict[str, Class] = {}
    places: list[Place] = []
    of_grade: dict[int, list[Pupil]] = {grade: [] for grade in kind_of(number).grades}
    for pupil in pupils:
        of_grade[pupil.grade].append(pupil)
    for grade, members in of_grade.items():
        if not members:
            continue
        homerooms = [
            _homeroom(plan, number, grade, letters, rng.randrange(ROOMS))
            for letters, _ in zip(_letters(), range(0, len(members), LARGEST_CLASS), strict=False)
        ]
        group = _group(plan, number, grade, rng.randrange(ROOMS))
        classes |= {each.id: each for each in (*homerooms, group)}
        places += [Place(homerooms[n % len(homerooms)].id, each.person.id, since) for n, each in enumerate(members)]
        half = members[: (len(members) + 1) // 2]
        places += [Place(group.id, each.person.id, since) for each in half[:LARGEST_GROUP]]
    return classes, places


def _homeroom(plan: Plan, number: int, grade: int, letters: str, room: int) -> Class:
    title = f"{kind_of(number).year(grade)}{letters}"
    return Class(
        f"class-{plan.year}-{number}-{title}", title, grade, True, homeroom_course(plan, grade), taught_in(grade), room
    )


def _group(plan: Plan, number: int, grade: int, room: int) -> Class:
    year, subject = kind_of(number).year(grade), group_subject(grade)
    return Class(
        f"class-{plan.year}-{number}-{year}-{subject.code.lower()}",
        f"{year} {subject.title.lower()}",
        grade,
        False,
        group_course(plan, subject),
        (subject,),
        room,
    )


def _letters() -> Iterator[str]:
    """a, b, ... z, aa, ab, ..."""
    return ("".join(word) for length in count(1) for word in product(ascii_lowercase, repeat=length))
