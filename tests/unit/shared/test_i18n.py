"""The languages: catalogues, dates as each language writes them, and what a browser asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from shared.runtime.i18n import LANGUAGES, Catalogues, local_date, local_datetime, local_time, negotiate

SUMMER = datetime(2026, 9, 12, 12, 5, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load("notifications")


def rendered(catalogues: Catalogues, language: str, source: str, **variables: object) -> str:
    """`source` as an .html template, which is escaped, in `language`."""
    return catalogues.jinja(language).from_string(source).render(variables)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", "12 września 2026, 14:05"),
        ("en", "12 September 2026, 14:05"),
        ("uk", "12 вересня 2026\u00a0р., 14:05"),
    ],
)
def test_day_and_time_are_those_of_warsaw_in_each_language(language: str, expected: str) -> None:
    assert local_datetime(SUMMER, language=language) == expected


def test_the_clock_follows_summer_and_winter_time() -> None:
    assert local_time(SUMMER, language="pl") == "14:05"
    assert local_time(WINTER, language="pl") == "09:00"


def test_late_in_the_evening_in_utc_is_the_next_day_in_warsaw() -> None:
    assert local_date(datetime(2026, 9, 14, 22, 30, tzinfo=UTC), language="pl") == "15 września 2026"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", "sobota, 12 września 2026"),
        ("en", "Saturday, 12 September 2026"),
        ("uk", "субота, 12 вересня 2026\u00a0р."),
    ],
)
def test_the_full_style_names_the_day_of_the_week(language: str, expected: str) -> None:
    assert local_date(SUMMER, "full", language=language) == expected


def test_templates_have_the_filters_and_know_their_language(catalogues: Catalogues) -> None:
    source = "{{ language }}: {{ at|date }} / {{ at|time }} / {{ at|datetime('full') }}"
    assert rendered(catalogues, "en", source, at=SUMMER) == (
        "en: 12 September 2026 / 14:05 / Saturday, 12 September 2026, 14:05"
    )


@pytest.mark.parametrize(
    ("language", "expected"), [("pl", "Konto już istnieje"), ("en", "You already have an account")]
)
def test_templates_and_code_are_translated(catalogues: Catalogues, language: str, expected: str) -> None:
    message = "You already have an account"
    assert catalogues.gettext(language, message) == expected
    assert rendered(catalogues, language, "{{ _('You already have an account') }}") == expected
    assert rendered(catalogues, language, "{% trans %}\n  You already\n  have an account\n{% endtrans %}") == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "pl",
            {1: "został 1 dzień", 2: "zostały 2 dni", 5: "zostało 5 dni", 12: "zostało 12 dni", 22: "zostały 22 dni"},
        ),
        ("en", {1: "1 day left", 2: "2 days left", 21: "21 days left"}),
        ("uk", {1: "залишився 1 день", 3: "залишилося 3 дні", 11: "залишилося 11 днів", 21: "залишився 21 день"}),
    ],
)
def test_plurals_take_the_form_of_their_language(
    catalogues: Catalogues, language: str, expected: dict[int, str]
) -> None:
    source = "{{ ngettext('%(num)s day left', '%(num)s days left', days) }}"
    assert {days: rendered(catalogues, language, source, days=days) for days in expected} == expected
    counted = {
        days: catalogues.ngettext(language, "%(num)s day left", "%(num)s days left", days) % {"num": days}
        for days in expected
    }
    assert counted == expected


def test_html_is_escaped_around_a_translation(catalogues: Catalogues) -> None:
    source = "{% trans who=who %}Hello {{ who }}{% endtrans %} {{ _('Hello %(who)s', who=who) }} {{ who }}"
    escaped = rendered(catalogues, "en", source, who="<b>")
    assert escaped == "Hello &lt;b&gt; Hello &lt;b&gt; &lt;b&gt;"
    assert rendered(catalogues, "en", source, who=Markup("<b>")) == "Hello <b> Hello <b> <b>"


def test_only_html_is_escaped(catalogues: Catalogues) -> None:
    escapes = catalogues.jinja("en").autoescape
    assert callable(escapes)
    assert escapes("mail.html")
    assert escapes(None)
    assert not escapes("mail.txt")


def test_a_variable_that_is_not_given_is_an_error_and_not_a_hole(catalogues: Catalogues) -> None:
    with pytest.raises(UndefinedError):
        rendered(catalogues, "pl", "{{ name }}")


def test_another_language_is_refused(catalogues: Catalogues) -> None:
    with pytest.raises(KeyError):
        catalogues.jinja("de")


def test_a_package_without_catalogues_is_refused_at_start() -> None:
    with pytest.raises(FileNotFoundError):
        Catalogues.load("shared.runtime")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "pl"),
        ("", "pl"),
        ("en", "en"),
        ("uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        ("de-DE, en-GB;q=0.3, uk;q=0.7", "uk"),
        ("en;q=0.5, pl;q=0.5", "en"),
        ("EN-us", "en"),
        ("de, fr;q=0.9", "pl"),
        ("en;q=0, uk;q=0", "pl"),
        ("en;q=nonsense", "pl"),
        ("*", "pl"),
    ],
)
def test_the_browser_gets_the_language_that_it_likes_best(header: str | None, language: str) -> None:
    assert negotiate(header) == language


@given(st.text())
def test_any_header_leads_to_a_language_of_ours(header: str) -> None:
    assert negotiate(header) in LANGUAGES


def test_a_service_uses_the_texts_and_templates_of_packages_under_its_own() -> None:
    pages = Catalogues.load("accounts", "shared.runtime.pages")

    assert pages.gettext("pl", "Skip to the content") == "Przejdź do treści"
    assert pages.gettext("pl", "Forgotten your password?") == "Nie pamiętasz hasła?"
    assert pages.gettext("uk", "in no catalogue") == "in no catalogue"
    assert pages.jinja("uk").get_template("shared/layout.html").name == "shared/layout.html"
