"""What is taught in which year of school, 1 to 12, and which subjects one teacher has together."""

from typing import NamedTuple


class Subject(NamedTuple):
    """A subject and the first and last year in which it is taught."""

    code: str
    title: str
    first: int
    last: int


class Desk(NamedTuple):
    """The subjects that a teacher has, and in how many classes."""

    subjects: frozenset[str]
    classes: int


SUBJECTS = (
    Subject("WCZ", "Edukacja wczesnoszkolna", 1, 3),
    Subject("POL", "Język polski", 4, 12),
    Subject("ANG", "Język angielski", 1, 12),
    Subject("MAT", "Matematyka", 4, 12),
    Subject("HIS", "Historia", 4, 12),
    Subject("WOS", "Wiedza o społeczeństwie", 8, 11),
    Subject("PRZ", "Przyroda", 4, 4),
    Subject("BIO", "Biologia", 5, 11),
    Subject("GEO", "Geografia", 5, 11),
    Subject("CHE", "Chemia", 7, 11),
    Subject("FIZ", "Fizyka", 7, 11),
    Subject("INF", "Informatyka", 4, 11),
    Subject("TEC", "Technika", 4, 6),
    Subject("MUZ", "Muzyka", 4, 7),
    Subject("PLA", "Plastyka", 4, 7),
    Subject("WF", "Wychowanie fizyczne", 1, 12),
)
"""What a whole class has together; the first of a class is its main one."""

GROUP_SUBJECTS = (
    Subject("SZA", "Szachy", 1, 3),
    Subject("NIE", "Język niemiecki", 4, 12),
)
"""What groups across the classes of a year have: one subject for each year."""


def _desk(codes: str, *, classes: int) -> Desk:
    return Desk(frozenset(codes.split()), classes)


GEOGRAPHY, COMPUTING = _desk("GEO", classes=12), _desk("INF TEC", classes=10)

DESKS = (
    _desk("WCZ", classes=1),
    _desk("POL", classes=4),
    _desk("ANG", classes=6),
    _desk("MAT", classes=4),
    _desk("HIS WOS", classes=9),
    _desk("PRZ BIO", classes=9),
    GEOGRAPHY,
    _desk("CHE FIZ", classes=8),
    COMPUTING,
    _desk("MUZ PLA", classes=14),
    _desk("WF", classes=5),
)

SUPPORT = Desk(frozenset(), 2)
"""A teacher who stands by another one, in the main subject of the class."""

GROUPS = _desk("SZA NIE", classes=8)

TRAVELLING = (GEOGRAPHY, COMPUTING)
"""What teachers of two schools have: another desk at each of a school's two borders."""


def taught_in(grade: int) -> tuple[Subject, ...]:
    """The subjects of the classes of a year."""
    return tuple(subject for subject in SUBJECTS if subject.first <= grade <= subject.last)


def group_subject(grade: int) -> Subject:
    """The subject of the groups of a year."""
    return next(subject for subject in GROUP_SUBJECTS if subject.first <= grade <= subject.last)
