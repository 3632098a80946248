"""What happens to a school in the first weeks of a year: people come, go, move and get other names.

Whom it happens to is decided by a hash of the id (CRC-32) alone, so that one person's change depends on nobody else's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from random import Random
from zlib import crc32

from devstack.district.classes import LARGEST_CLASS, ROOMS, Class, Place
from devstack.district.families import Family, families
from devstack.district.names import other_surname
from devstack.district.people import Adult, Person, Pupil, Role, invent_birthday
from devstack.district.plan import Plan
from devstack.district.pupils import add_guardians, invent_child
from devstack.district.school import School

LEAVING, ARRIVING, PARTING = 0.25, 0.25, 0.1
RENAMED, MOVED, CORRECTED, REROOMED = 0.4, 0.5, 0.5, 1.0
"""What part of the percentage each change has: families leave, arrive or lose a guardian; people get another surname;
pupils move to a parallel class or get another birthday; classes get another room. Together they come to about the
percentage in each file: a pupil who moves is in it with two enrolments."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Decides whom something happens to, with so many percent in all."""

    percent: float

    def falls_on(self, sourced_id: str, what: str, part: float) -> bool:
        """Whether it happens to whoever has the id, with this part of the percentage."""
        return crc32(f"{what}/{sourced_id}".encode()) < self.percent / 100 * part * 2**32


def changed(plan: Plan, percent: float, school: School) -> School:
    """The school afterwards."""
    chance = Chance(percent)
    pupils, adults = _after_departures(school, chance)
    pupils = {sourced_id: _pupil_now(pupil, chance) for sourced_id, pupil in pupils.items()}
    adults = {
        sourced_id: adult._replace(person=_person_now(adult.person, chance)) for sourced_id, adult in adults.items()
    }
    staying = [place for place in school.places if place.pupil_id in pupils]
    rooms = _Homerooms(school.classes, staying)
    since = plan.school_year.changed
    places = [rooms.moved(place, since) if _moves(place, school, chance) else place for place in staying]
    rng = plan.generator("arriving", school.number)
    keys = (f"{school.number}-n{n}" for n in count(1))
    for family in _arriving(rng, school, chance):
        for household in family:
            if (taught := rooms.roomiest()) is None:
                break
            born = invent_birthday(rng, grade=taught.grade, year=plan.year)
            pupil = invent_child(rng, next(keys), household, grade=taught.grade, born=born)
            pupils[pupil.person.id] = pupil
            places.append(rooms.enter(taught.id, pupil.person.id, since))
            add_guardians(adults, household, school.number)
    classes = {class_id: _class_now(each, chance) for class_id, each in school.classes.items()}
    return replace(school, pupils=pupils, adults=adults, places=places, classes=classes)


def _after_departures(school: School, chance: Chance) -> tuple[dict[str, Pupil], dict[str, Adult]]:
    """Who is still there. Families of which somebody teaches stay as they are."""
    pupils, adults = dict(school.pupils), dict(school.adults)
    for family in school.families:
        guardians = {guardian for pupil_id in family for guardian in pupils[pupil_id].guardians}
        if any(office.role is Role.TEACHER for guardian in guardians for office in adults[guardian].offices):
            continue
        if chance.falls_on(family[0], "leave", LEAVING):
            for pupil_id in family:
                del pupils[pupil_id]
            for guardian in guardians:
                del adults[guardian]
        elif chance.falls_on(family[0], "part", PARTING):
            _part(family, pupils, adults)
    return pupils, adults


def _part(family: tuple[str, ...], pupils: dict[str, Pupil], adults: dict[str, Adult]) -> None:
    """Takes the youngest's second guardian away, if there is one."""
    *others, going = pupils[family[-1]].guardians
    if not others:
        return
    for pupil_id in family:
        left = tuple(guardian for guardian in pupils[pupil_id].guardians if guardian != going)
        pupils[pupil_id] = pupils[pupil_id]._replace(guardians=left)
    del adults[going]


def _person_now(person: Person, chance: Chance) -> Person:
    if not chance.falls_on(person.id, "rename", RENAMED):
        return person
    return person._replace(family=other_surname(crc32(person.id.encode())))


def _pupil_now(pupil: Pupil, chance: Chance) -> Pupil:
    """The pupil, with another day of the same month for a birthday that was entered wrongly."""
    born = pupil.born
    if chance.falls_on(pupil.person.id, "correct", CORRECTED):
        born = born.replace(day=born.day % 28 + 1)
    return pupil._replace(person=_person_now(pupil.person, chance), born=born)


def _class_now(each: Class, chance: Chance) -> Class:
    return each._replace(room=(each.room + 1) % ROOMS) if chance.falls_on(each.id, "location", REROOMED) else each


def _moves(place: Place, school: School, chance: Chance) -> bool:
    return school.classes[place.class_id].homeroom and chance.falls_on(place.pupil_id, "move", MOVED)


def _arriving(rng: Random, school: School, chance: Chance) -> Iterator[Family]:
    """New families, as many as a part of those that are there."""
    endless = families(rng, (f"{school.number}-n{n}" for n in count(1)))
    for family in school.families:
        if chance.falls_on(family[0], "arrive", ARRIVING):
            yield next(endless)


class _Homerooms:
    """The homeroom classes of a school, and how many pupils each has by now."""

    def __init__(self, classes: Mapping[str, Class], places: list[Place]) -> None:
        self._classes = {class_id: each for class_id, each in classes.items() if each.homeroom}
        self._taken = Counter(place.class_id for place in places)

    def moved(self, place: Place, since: date) -> Place:
        """The pupil's place in the parallel class with the most room, or the same place where none has any."""
        grade = self._classes[place.class_id].grade
        parallel = [each for each in self._classes.values() if each.grade == grade and each.id != place.class_id]
        to = self._roomiest_of(parallel)
        if to is None:
            return place
        self._taken[place.class_id] -= 1
        return self.enter(to.id, place.pupil_id, since)

    def enter(self, class_id: str, pupil_id: str, since: date) -> Place:
        """A new place in a class."""
        self._taken[class_id] += 1
        return Place(class_id, pupil_id, since)

    def roomiest(self) -> Class | None:
        """The class with the most room, if any has some."""
        return self._roomiest_of(self._classes.values())

    def _roomiest_of(self, classes: Iterable[Class]) -> Class | None:
        free = [each for each in classes if self._taken[each.id] < LARGEST_CLASS]
        return min(free, key=lambda each: self._taken[each.id], default=None)
