"""School logins: a number and a password, handed out on paper (domain.md, People and logins).

A pupil and a guardian have a pair: the same digits, with a `u` at the pupil's end. A second guardian of the pupil, and
each child of a guardian, has digits of their own, so that what one of them is given tells nothing of another's. Digits
are drawn, not counted: whoever knows one number knows no other.
"""

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Literal
from uuid import UUID

DIGITS = 8
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of printed passwords: nothing that looks like something else on paper."""

GROUPS, GROUP = 3, 4
"""A printed password has three groups of four: 59 bits, and is read aloud without a mistake."""


class Kind(StrEnum):
    """Whose login it is."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    STAFF = "staff"


ENDS = {Kind.STUDENT: "u", Kind.GUARDIAN: "", Kind.STAFF: "k"}
"""What stands behind the digits."""

_NAME = re.compile(rf"[1-9][0-9]{{{DIGITS - 1}}}[uk]?")


@dataclass(frozen=True)
class Holder:
    """Somebody who has a login or is to have one. `name` is that of the one they have.

    `student_id` is the pupil whose pair it is; None for staff.
    """

    kind: Kind
    person_id: UUID
    student_id: UUID | None
    name: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who prints slips: the school or a pupil's guardian, by a portal account or a school login; or an operator.

    `persons` are who they are in the roster.
    """

    capacity: Literal["school", "guardian", "operator"]
    owner_id: UUID | None = None
    persons: tuple[UUID, ...] = ()


OPERATOR = Actor("operator")


def new_number() -> str:
    """Digits by chance; the first is no zero, because somebody would leave it out."""
    return str(10 ** (DIGITS - 1) + secrets.randbelow(9 * 10 ** (DIGITS - 1)))


def number_of(digest: bytes) -> str:
    """The digits that a digest stands for: spread as those by chance, and the same each time."""
    return str(10 ** (DIGITS - 1) + int.from_bytes(digest) % (9 * 10 ** (DIGITS - 1)))


def new_password() -> str:
    """A password to be printed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def login_name(entered: str) -> str | None:
    """The login that somebody has entered, with blanks or a capital letter; None if it is none."""
    name = "".join(entered.split()).lower()
    return name if _NAME.fullmatch(name) else None


def ending(name: str) -> str:
    """How a login ends: enough for its owner, who has a few, to know which one it is."""
    return name[DIGITS - 2 :]


def printed_password(entered: str) -> str:
    """A printed password as it is compared: whatever hyphens, blanks and capitals it was copied with."""
    return "".join(character for character in entered.lower() if character in ALPHABET)


def named(
    holders: Sequence[Holder], taken: Collection[str] = (), number: Callable[[], str] = new_number
) -> Iterator[tuple[Holder, str]]:
    """Those who have no login yet, each with a new name that is none of those `taken`.

    `holders` are all of some pupils, those of one pupil together: the pupil and the first guardian become a pair,
    unless the other half is somebody's who is no guardian any more.
    """
    for student, together in groupby(holders, key=lambda holder: holder.student_id):
        group = list(together)
        if student is None:
            yield from ((holder, number() + ENDS[holder.kind]) for holder in group if holder.name is None)
        else:
            yield from _of_pupil(group, taken, number)


def _of_pupil(
    group: Sequence[Holder], taken: Collection[str], number: Callable[[], str]
) -> Iterator[tuple[Holder, str]]:
    known = {*taken, *(holder.name for holder in group if holder.name)}
    pupils = [holder.name for holder in group if holder.name and holder.kind is Kind.STUDENT]
    pair = pupils[0].removesuffix(ENDS[Kind.STUDENT]) if pupils else number()
    for holder in group:
        if holder.name is not None:
            continue
        name = pair + ENDS[holder.kind]
        if name in known:
            name = number() + ENDS[holder.kind]
        known.add(name)
        yield holder, name
