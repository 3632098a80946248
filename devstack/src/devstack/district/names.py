"""Names, drawn from Faker's lists: a call of Faker's own costs a hundred times as much as a draw."""

from collections.abc import Mapping
from functools import cache
from random import Random

from faker.providers.person.pl_PL import Provider as Polish
from faker.providers.person.uk_UA import Provider as Ukrainian
from faker.providers.person.uk_UA import translit

UKRAINIAN = "uk"
COMMON_SHARE = 0.6
ADJECTIVES = ("ski", "cki", "dzki")
WITHOUT_MARKS = str.maketrans("ąćęłńóśźżü", "acelnoszzu")

GIVEN: Mapping[bool, tuple[str, ...]] = {True: Polish.first_names_female, False: Polish.first_names_male}
"""Polish given names, of women and of men."""

UKRAINIAN_GIVEN: Mapping[bool, tuple[str, ...]] = {
    True: tuple(map(translit, Ukrainian.first_names_female)),
    False: tuple(map(translit, Ukrainian.first_names_male)),
}
"""Ukrainian ones as passports have them, which is what schools enter."""

UKRAINIAN_SURNAMES = tuple(map(translit, Ukrainian.last_names_common))


def draw_given(rng: Random, language: str, *, female: bool) -> str:
    """A given name of whoever speaks the language."""
    return rng.choice((UKRAINIAN_GIVEN if language == UKRAINIAN else GIVEN)[female])


def draw_surname(rng: Random, language: str) -> str:
    """A surname, in the form that men have."""
    if language == UKRAINIAN:
        return rng.choice(UKRAINIAN_SURNAMES)
    return rng.choice(Polish.male_last_names if rng.random() < COMMON_SHARE else Polish.unisex_last_names)


def other_surname(number: int) -> str:
    """One of the surnames that women and men have in the same form, for any number."""
    return Polish.unisex_last_names[number % len(Polish.unisex_last_names)]


def surname_form(surname: str, *, female: bool) -> str:
    """The surname as a woman or a man has it: Kowalska, Kowalski."""
    return f"{surname[:-1]}a" if female and surname.endswith(ADJECTIVES) else surname


@cache
def plain(name: str) -> str:
    """A name as addresses have it: small letters without marks, no other characters."""
    return "".join(letter for letter in name.lower().translate(WITHOUT_MARKS) if letter.isascii() and letter.isalpha())
