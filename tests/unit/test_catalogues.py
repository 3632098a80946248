"""A string that is missing, unsure or stale in a catalogue fails the build, for every package that has `locales/`."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from shared.runtime.i18n import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[2]
PACKAGES = [
    folder.parent for sources in ("*/src", "services/*/src") for folder in sorted(ROOT.glob(f"{sources}/**/locales"))
]
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]

_TEMPLATES = ("**/templates/**.html", "**/templates/**.txt")
_METHODS = [("**.py", "python"), *((pattern, "jinja2.ext:babel_extract") for pattern in _TEMPLATES)]
_OPTIONS = {pattern: {"trimmed": "true", "silent": "false"} for pattern in _TEMPLATES}
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-zA-Z%]")

catalogues = pytest.mark.parametrize(
    ("package", "language"),
    [(package, language) for package in PACKAGES for language in TRANSLATED],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)


def used_in(package: Path) -> set[str | tuple[str, ...]]:
    return {message for _, _, message, _, _ in extract_from_dir(package, _METHODS, _OPTIONS)}


def read(package: Path, language: str) -> Catalog:
    with (package / "locales" / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_there_are_packages_with_catalogues() -> None:
    assert {package.name for package in PACKAGES} >= {"accounts", "notifications", "pages"}


@catalogues
def test_every_string_is_translated_and_none_is_stale(package: Path, language: str) -> None:
    known = {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in messages(read(package, language))
    }
    assert used_in(package) - known == set(), "missing: add them"
    assert known - used_in(package) == set(), "stale: no source uses them, take them out"


@catalogues
def test_no_translation_is_empty_or_unsure_and_no_form_of_a_plural_is_missing(package: Path, language: str) -> None:
    catalogue = read(package, language)
    assert catalogue.num_plurals == get_plural(language).num_plurals
    assert catalogue.plural_expr == get_plural(language).plural_expr
    assert not catalogue.obsolete
    for message in messages(catalogue):
        translations = forms(message.string)
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in translations), message.id
        assert len(translations) == (catalogue.num_plurals if message.pluralizable else 1), message.id


@catalogues
def test_a_translation_has_the_placeholders_of_its_source(package: Path, language: str) -> None:
    for message in messages(read(package, language)):
        expected = {tuple(sorted(_PLACEHOLDER.findall(text))) for text in forms(message.id)}
        for text in forms(message.string):
            assert tuple(sorted(_PLACEHOLDER.findall(text))) in expected, message.id
