"""The demo's district has a class that is there on the day, with guardians of every language of the story."""

from datetime import date

import pytest

from devstack.demo.office import CLASS, SCHOOL, plan_on
from devstack.demo.steps import LANGUAGES
from devstack.district.kinds import school_name
from devstack.district.school import school


@pytest.mark.parametrize(
    ("day", "begun"),
    [
        (date(2026, 9, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 8, 31), 2026),
        (date(2027, 9, 1), 2027),
    ],
)
def test_the_school_year_is_that_of_the_day(day: date, begun: int) -> None:
    year = plan_on(day).school_year.year
    assert year.begins == date(begun, 9, 1)
    assert year.begins <= day <= year.ends


@pytest.mark.parametrize("year", range(2026, 2030))
def test_the_class_has_guardians_of_every_language(year: int) -> None:
    first = school(plan_on(date(year, 10, 1)), 1)
    assert school_name(first.number) == SCHOOL
    [class_id] = [each.id for each in first.classes.values() if each.title == CLASS]
    pupils = [first.pupils[place.pupil_id] for place in first.places if place.class_id == class_id]
    adults = [first.adults[key].person for pupil in pupils for key in pupil.guardians if key in first.adults]
    assert LANGUAGES.keys() <= {adult.language for adult in adults}
