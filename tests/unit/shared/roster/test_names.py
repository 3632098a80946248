"""Names stand in the Polish order, compared byte by byte."""

import random

from shared.runtime.roster.names import sort_key

IN_ORDER = [
    ("Adamska", "Zofia"),
    ("Azor", "Jan"),
    ("Ąsowska", "Anna"),
    ("Bąk", "Ewa"),
    ("Cybulska", "Ada"),
    ("Ćwik", "Adam"),
    ("Kovalenko", "Olena"),
    ("Łoś", "Iga"),
    ("Mazur", "Łucja"),
    ("Mazur", "Maria"),
    ("Müller", "Jan"),
    ("Nowak", "Żaneta"),
    ("Nowak-Bąk", "Ada"),
    ("Nowakowska", "Ada"),
    ("Ósma", "Ada"),
    ("Zyg", "Ada"),
    ("Źdźbło", "Ada"),
    ("Żak", "Ada"),
]


def test_names_stand_in_the_polish_order() -> None:
    shuffled = random.Random(1).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311 - the same in each run
    assert sorted(shuffled, key=lambda name: sort_key(*name).encode()) == IN_ORDER


def test_case_does_not_matter() -> None:
    assert sort_key("ŻAK", "ADA") == sort_key("Żak", "Ada") == sort_key("Z\u0307ak", "Ada")


def test_letters_that_nobody_knows_stay() -> None:
    assert sort_key("Коваленко", "Олена") == "коваленко\tолена"
