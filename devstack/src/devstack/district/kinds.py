"""Primary and secondary schools, and how they are called."""

from dataclasses import dataclass

TREES = ("Jarzębiną", "Lipą", "Jaworem", "Kasztanem", "Modrzewiem", "Dębem", "Klonem", "Głogiem", "Świerkiem", "Brzozą")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of school and its first and last year, of the twelve that school takes."""

    title: str
    first: int
    last: int

    @property
    def grades(self) -> range:
        """The years of school that it has."""
        return range(self.first, self.last + 1)

    def year(self, grade: int) -> int:
        """How a year is counted there: each kind of school begins with 1."""
        return grade - self.first + 1


PRIMARY = Kind("Szkoła Podstawowa", 1, 8)
SECONDARY = Kind("Liceum Ogólnokształcące", 9, 12)


def kind_of(number: int) -> Kind:
    """What kind the school is: one in four is a secondary one, the first of them the second."""
    return SECONDARY if number % 4 == 2 else PRIMARY  # noqa: PLR2004


def kind_with(grade: int) -> Kind:
    """The kind of school that has this year."""
    return PRIMARY if grade in PRIMARY.grades else SECONDARY


def school_name(number: int) -> str:
    """An invented name, in quotes in part, as names of schools are."""
    return f'{kind_of(number).title} nr {number} "Pod {TREES[number % len(TREES)]}"'
