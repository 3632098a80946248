"""The terms of service: every version in every language, as Markdown and as HTML."""

import re
from itertools import pairwise

import pytest

from shared.runtime.i18n import LANGUAGES
from shared.terms import UnknownTerms, current_version, terms, terms_html

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def section_numbers(language: str) -> list[str]:
    return re.findall(r"^§ (\d+)\. \S.*\n-+$", terms(current_version(), language), re.MULTILINE)


def test_the_current_version_is_a_day() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", current_version())


@in_each_language
def test_every_language_has_the_same_sections(language: str) -> None:
    assert section_numbers(language) == section_numbers("pl") == [str(number) for number in range(1, 11)]


@in_each_language
def test_the_terms_name_their_version_and_the_14_days(language: str) -> None:
    text = terms(current_version(), language)
    assert str(int(current_version()[8:])) in text.split("§ 1.")[0]
    assert "14" in text.split("§ 3.")[1].split("§ 4.")[0]


@in_each_language
def test_the_terms_send_nobody_to_a_home_page_for_who_the_operator_is(language: str) -> None:
    assert not re.search("home page|stron[aye] główn|головн", terms(current_version(), language), re.IGNORECASE)


@in_each_language
def test_underlines_are_as_long_as_their_heading_for_those_who_read_plain_text(language: str) -> None:
    lines = terms(current_version(), language).splitlines()
    for heading, underline in pairwise(lines):
        if re.fullmatch(r"=+|-+", underline):
            assert len(underline) == len(heading)


@in_each_language
def test_as_html_the_title_stands_on_the_level_asked_for_and_sections_below_it(language: str) -> None:
    html = terms_html(current_version(), language, top_heading=2)
    assert re.findall(r"<h(\d)>", html) == ["2"] + ["3"] * 10
    assert "<ul>" in html
    assert re.findall(r"<h(\d)>", terms_html(current_version(), language)) == ["1"] + ["2"] * 10


@pytest.mark.parametrize(
    ("version", "language"),
    [
        ("1999-01-01", "pl"),
        (current_version(), "de"),
        ("../../secret", "pl"),
        ("", ""),
        (current_version() + "\n", "pl"),
    ],
)
def test_terms_that_are_not_there_are_refused(version: str, language: str) -> None:
    with pytest.raises(UnknownTerms):
        terms(version, language)
    with pytest.raises(UnknownTerms):
        terms_html(version, language)
