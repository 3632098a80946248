"""A school year: it and its two semesters, as the law and most schools have them."""

from dataclasses import dataclass
from datetime import date
from typing import Self

SEPTEMBER = 9


@dataclass(frozen=True, slots=True)
class Session:
    """The year or a semester, from the first to the last day."""

    id: str
    title: str
    type: str
    begins: date
    ends: date
    parent: str = ""


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The school year that begins in September of `begun`."""

    begun: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The one that a day is in; holidays belong to the year before them."""
        return cls(day.year if day.month >= SEPTEMBER else day.year - 1)

    @property
    def year(self) -> Session:
        """The whole of it."""
        return Session(
            f"year-{self.begun}",
            f"{self.begun}/{self.begun + 1}",
            "schoolYear",
            date(self.begun, 9, 1),
            date(self.begun + 1, 8, 31),
        )

    @property
    def semesters(self) -> tuple[Session, Session]:
        """Its two halves; the second ends with the lessons."""
        year, following = self.year, self.begun + 1
        return (
            Session(f"{year.id}-1", f"{year.title} I", "semester", year.begins, date(following, 1, 31), year.id),
            Session(
                f"{year.id}-2", f"{year.title} II", "semester", date(following, 2, 1), date(following, 6, 30), year.id
            ),
        )

    @property
    def ends_in(self) -> int:
        """What OneRoster calls the school year: the calendar year in which it ends."""
        return self.begun + 1

    @property
    def changed(self) -> date:
        """The day on which a delta tells what has changed."""
        return date(self.begun, 10, 5)
