"""School logins: a pair for a pupil and a guardian, digits of their own for everybody else."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from accounts.domain.school_logins import (
    Holder,
    Kind,
    login_name,
    named,
    new_number,
    new_password,
    printed_password,
)

ADA, OLA, MUM, DAD, TEACHER = (UUID(int=n) for n in range(1, 6))


def numbers() -> Iterator[str]:
    return map(str, range(10_000_001, 10_000_100))


def names(*holders: Holder) -> list[str]:
    drawn = numbers()
    return [name for _, name in named(holders, number=lambda: next(drawn))]


def pupil(who: UUID, name: str | None = None) -> Holder:
    return Holder(Kind.STUDENT, who, who, name)


def guardian(who: UUID, of: UUID, name: str | None = None) -> Holder:
    return Holder(Kind.GUARDIAN, who, of, name)


def test_a_pupil_and_a_guardian_are_a_pair() -> None:
    assert names(pupil(ADA), guardian(MUM, ADA)) == ["10000001u", "10000001"]


def test_a_second_guardian_has_digits_of_their_own() -> None:
    assert names(pupil(ADA), guardian(MUM, ADA), guardian(DAD, ADA)) == ["10000001u", "10000001", "10000002"]


def test_siblings_have_a_pair_each() -> None:
    assert names(pupil(ADA), guardian(MUM, ADA), pupil(OLA), guardian(MUM, OLA)) == [
        "10000001u",
        "10000001",
        "10000002u",
        "10000002",
    ]


def test_a_guardian_who_comes_later_makes_the_pair_of_a_pupil_who_has_a_login() -> None:
    assert names(pupil(ADA, "20000002u"), guardian(MUM, ADA)) == ["20000002"]


def test_a_second_guardian_who_comes_later_does_not_get_what_the_first_has() -> None:
    known = (pupil(ADA, "20000002u"), guardian(MUM, ADA, "20000002"))
    assert names(*known, guardian(DAD, ADA)) == ["10000001"]


def test_who_has_one_gets_none() -> None:
    assert names(pupil(ADA, "20000002u"), guardian(MUM, ADA, "20000002")) == []


def test_staff_have_logins_of_their_own() -> None:
    assert names(Holder(Kind.STAFF, TEACHER, None), Holder(Kind.STAFF, DAD, None)) == ["10000001k", "10000002k"]


def test_numbers_have_eight_digits_and_come_by_chance() -> None:
    drawn = {new_number() for _ in range(1000)}
    assert len(drawn) > 990
    assert all(re.fullmatch(r"[1-9][0-9]{7}", number) for number in drawn)


def test_printed_passwords_can_be_read_aloud() -> None:
    drawn = {new_password() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){2}", password) for password in drawn)


@pytest.mark.parametrize("entered", ["abcd-efgh-jk23", "abcdefghjk23", " ABCD EFGH JK23 ", "abcd–efgh–jk23"])
def test_a_printed_password_is_known_however_it_was_copied(entered: str) -> None:
    assert printed_password(entered) == "abcdefghjk23"


@pytest.mark.parametrize(
    ("entered", "name"),
    [
        ("12345678", "12345678"),
        (" 1234 5678 U ", "12345678u"),
        ("12345678k", "12345678k"),
        ("1234567", None),
        ("02345678", None),
        ("12345678x", None),
        ("anna@example.org", None),
        ("１２３４５６７８", None),
        ("", None),
    ],
)
def test_what_is_a_login(entered: str, name: str | None) -> None:
    assert login_name(entered) == name


def test_the_half_of_a_pair_that_somebody_had_is_nobody_elses() -> None:
    given = dict(named([pupil(ADA, "20000002u"), guardian(DAD, ADA)], {"20000002"}, lambda: "30000003"))
    assert list(given.values()) == ["30000003"]
