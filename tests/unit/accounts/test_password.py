"""Which passwords are accepted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.email_address import parse_email
from accounts.domain.password import accept_password, refuse_guessable
from accounts.domain.refusal import Refused
from accounts.guessing import guesses

ANNA = parse_email("anna.nowak@example.org")


def refusal(password: str, email: str = ANNA.text) -> str:
    with pytest.raises(Refused) as refused:
        accept_password(password, parse_email(email))
    return refused.value.code


@pytest.mark.parametrize(
    "password",
    [
        "cztery zielone rowery",
        "xkcdpasz",
        "ŻÓŁĆ-gęślą",
        "🐢🐢🐢🐢🐢🐢🐢🐢",
        "        x       ",
        "тихий зелений їжак",
        "x" * 256,
    ],
)
def test_any_characters_make_a_good_password(password: str) -> None:
    assert accept_password(password, ANNA) == unicodedata.normalize("NFC", password)


@pytest.mark.parametrize("password", ["", "a", "7 znaków"[:7]])
def test_fewer_than_eight_characters_are_too_short(password: str) -> None:
    assert refusal(password) == "password_too_short"


@pytest.mark.parametrize("length", [257, 300, 5000])
def test_more_than_256_characters_are_too_long(length: int) -> None:
    assert refusal("qwerasdf" * length) == "password_too_long"


@pytest.mark.parametrize("password", ["password", "PASSWORD", "12345678", "Qwertyuiop", "iloveyou"])
def test_common_passwords_are_refused_in_any_case(password: str) -> None:
    assert refusal(password) == "password_common"


@pytest.mark.parametrize(
    "password",
    [
        *("haslo123", "Password1!", "dzwonek1", "aaaaaaaa", " " * 8, "polska12", "polska123", "mateusz1", "abcdefgh"),
        *("librus123", "Hasło123!", "H@slo123", "Kacper2015", "legia1916", "пароль12", "Polska2024", "12341234"),
        *("x" * 256, "zaq12wsx1", "Nowak123", "example1"),
    ],
)
def test_a_common_password_in_disguise_is_refused(password: str) -> None:
    with pytest.raises(Refused, match="one like it") as refused:
        refuse_guessable(accept_password(password, ANNA), ANNA, guesses)
    assert refused.value.code == "password_common"


@pytest.mark.parametrize(
    "password",
    [
        *(
            "zielony wagon 7",
            "korek lampa trawnik",
            "cztery zielone rowery",
            "тихий зелений їжак",
            "dzwonek korek wagon",
        ),
        *(
            "xkcdpasz",
            "kq7vmzrt",
            "inne dobre haslo",
            "ŻÓŁĆ-gęślą",
            "anna.nowak lubi zielone rowery",
            "4@8({[<36!|705$+7%2x",
        ),
    ],
)
def test_what_nobody_guesses_soon_passes_without_rules_of_composition(password: str) -> None:
    refuse_guessable(accept_password(password, ANNA), ANNA, guesses)


def test_the_address_of_one_person_is_no_hint_for_anothers_password() -> None:
    piotr = parse_email("zdzichowski@example.org")
    with pytest.raises(Refused):
        refuse_guessable("zdzichowski1", piotr, guesses)
    refuse_guessable("zdzichowski1", ANNA, guesses)


@pytest.mark.parametrize("password", ["anna.nowak@example.org", "ANNA.NOWAK", "anna.nowak1", "12anna.nowak!"])
def test_the_persons_own_address_is_refused(password: str) -> None:
    assert refusal(password) == "password_personal"


def test_a_long_password_may_contain_the_local_part() -> None:
    assert accept_password("anna.nowak lubi zielone rowery", ANNA)


def test_a_short_local_part_stands_in_passwords_by_chance() -> None:
    assert accept_password("jaskolka", parse_email("jas@example.org"))


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\t", "\x7f", "\x85", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused(character: str) -> None:
    assert refusal(f"cztery{character}zielone rowery") == "password_bad_character"


def test_the_way_of_writing_a_letter_or_a_space_does_not_matter() -> None:
    composed, decomposed = "żółte słonie", unicodedata.normalize("NFD", "żółte słonie")
    assert composed != decomposed
    assert accept_password(decomposed, None) == accept_password(composed, None)
    assert accept_password("żółte\u00a0słonie", None) == composed
    assert accept_password("żółte\u3000słonie", None) == composed


def test_different_characters_stay_different() -> None:
    assert accept_password("\u2460\u2461 zielone rowery", None) != accept_password("12 zielone rowery", None)


def test_a_refusal_never_repeats_the_password() -> None:
    with pytest.raises(Refused) as refused:
        accept_password("iloveyou", ANNA)
    assert "iloveyou" not in repr(refused.value)


@given(st.text(max_size=300))
def test_what_is_accepted_is_accepted_unchanged_the_second_time(password: str) -> None:
    try:
        accepted = accept_password(password, ANNA)
    except Refused:
        return
    assert accept_password(accepted, ANNA) == accepted
