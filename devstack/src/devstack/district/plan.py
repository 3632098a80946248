"""What district is asked for."""

from dataclasses import dataclass
from random import Random

from accounts.domain.oneroster.files import Release
from devstack.district.school_year import SchoolYear

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST_CHANGES = 50
UNEVEN = 0.3
"""By up to what share of the mean size a school is larger or smaller."""


class PlanError(ValueError):
    """There is no such district; the message is one line that says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A district. The same plan always gives the same one.

    `year` is that in which the school year begins. With `changes` it is a delta against what the plan gives without:
    about so many percent of users, enrolments, classes and demographics. Raises PlanError.
    """

    students: int
    schools: int
    seed: int = 1
    year: int = 2026
    release: Release = Release.V1_2
    changes: float | None = None

    def __post_init__(self) -> None:
        if self.students < 1:
            raise PlanError(f"STUDENTS={self.students}: a district has at least 1 student")
        if self.schools < 1:
            raise PlanError(f"SCHOOLS={self.schools}: a district has at least 1 school")
        if self.schools > self.students:
            raise PlanError(
                f"SCHOOLS={self.schools}: no school is empty, so say at most STUDENTS={self.students}, or more students"
            )
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise PlanError(f"YEAR={self.year}: say the year of its September, {FIRST_YEAR} to {LAST_YEAR}")
        if self.changes is not None and not 0 < self.changes <= MOST_CHANGES:
            raise PlanError(
                f"CHANGES={self.changes:g}: say a percentage above 0 and up to {MOST_CHANGES}, or nothing for bulk"
            )

    @property
    def school_year(self) -> SchoolYear:
        """The year that the classes are of."""
        return SchoolYear(self.year)

    def generator(self, *what: object) -> Random:
        """Chances of their own for each thing that is invented."""
        return Random("/".join(map(str, (self.seed, *what))))  # noqa: S311 - chances that are to come again

    def size(self, number: int) -> int:
        """How many pupils the school has, 1 or more; those of all schools add up to the district's."""
        return self._up_to(number) - self._up_to(number - 1)

    def _up_to(self, number: int) -> int:
        """How many pupils the schools up to this one have."""
        mean = self.students / self.schools
        inner = 0 < number < self.schools
        off = self.generator("size", number).uniform(-UNEVEN, UNEVEN) / 2 if inner and mean >= 2 else 0  # noqa: PLR2004
        return round((number + off) * mean)
