"""The languages that people read: gettext catalogues, Jinja environments and dates.

English is the msgid; `locales/{pl,uk}/LC_MESSAGES/messages.po` of a package hold the other two. The .po files are read
at start, so that nothing compiled is committed and nothing can be stale.
"""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import partial
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

SOURCE_LANGUAGE: Final = "en"
DEFAULT_LANGUAGE: Final = "pl"
LOCALES: Final[Mapping[str, Locale]] = {
    "pl": Locale("pl", "PL"),
    "en": Locale("en", "GB"),  # a 24-hour clock and the day before the month, as everywhere in the school
    "uk": Locale("uk", "UA"),
}
LANGUAGES: Final = tuple(LOCALES)
WARSAW: Final = ZoneInfo("Europe/Warsaw")

_RANGE = re.compile(r"^(?P<tag>[a-z]{1,8})(?:-[a-z0-9-]+)?(?:;q=(?P<q>[01](?:\.\d{0,3})?))?$")
_MAX_HEADER = 1000


class Catalogues:
    """The catalogues of one package, one per language, and the Jinja environments that speak them."""

    def __init__(self, package: str, translations: Mapping[str, NullTranslations]) -> None:
        self._package = package
        self._translations = translations
        self._environments = {language: self._environment(language) for language in translations}

    @classmethod
    def load(cls, package: str) -> "Catalogues":
        """Read the catalogues of `package`. Raises FileNotFoundError when one is missing."""
        locales = resources.files(package) / "locales"
        translations = {
            language: NullTranslations() if language == SOURCE_LANGUAGE else _read_catalogue(locales, language)
            for language in LANGUAGES
        }
        return cls(package, translations)

    def jinja(self, language: str) -> Environment:
        """The environment for the package's `templates/` in `language`: the same one at each call, so compiled once.

        It knows `_`, `gettext`, `ngettext`, `{% trans %}`; the filters `date`, `time`, `datetime` (Europe/Warsaw);
        the global `language`. `.html` templates are escaped, `.txt` are not. Raises KeyError for another language.
        """
        return self._environments[language]

    def gettext(self, language: str, message: str) -> str:
        """`message` in `language`."""
        return self._translations[language].gettext(message)

    def ngettext(self, language: str, singular: str, plural: str, number: int) -> str:
        """The form that `number` takes in `language`."""
        return self._translations[language].ngettext(singular, plural, number)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=PackageLoader(self._package),
            extensions=["jinja2.ext.i18n"],
            autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(  # type: ignore[attr-defined]  # put there by the extension
            self._translations[language], newstyle=True
        )
        environment.globals["language"] = language
        for name, render in (("date", local_date), ("time", local_time), ("datetime", local_datetime)):
            environment.filters[name] = partial(render, language=language)
        return environment


def local_date(instant: datetime, style: str = "long", *, language: str, zone: tzinfo = WARSAW) -> str:
    """The day of `instant`, as `12 września 2026`; style `full` adds the day of the week."""
    return format_date(instant.astimezone(zone), style, LOCALES[language])


def local_time(instant: datetime, style: str = "short", *, language: str, zone: tzinfo = WARSAW) -> str:
    """The time of day of `instant`, as `14:05`."""
    return format_time(instant, style, zone, LOCALES[language])


def local_datetime(instant: datetime, style: str = "long", *, language: str, zone: tzinfo = WARSAW) -> str:
    """Day and time of `instant`, as `12 września 2026, 14:05`; style `full` adds the day of the week."""
    day = local_date(instant, style, language=language, zone=zone)
    return f"{day}, {local_time(instant, language=language, zone=zone)}"


def negotiate(accept_language: str | None) -> str:
    """The language of ours that the browser likes best (RFC 9110, 12.5.4); `DEFAULT_LANGUAGE` where none fits."""
    best, best_quality = DEFAULT_LANGUAGE, 0.0
    for part in (accept_language or "")[:_MAX_HEADER].lower().replace(" ", "").split(","):
        wish = _RANGE.match(part)
        if wish is None or wish["tag"] not in LANGUAGES:
            continue
        quality = float(wish["q"] or 1)
        if quality > best_quality:
            best, best_quality = wish["tag"], quality
    return best


def _read_catalogue(locales: Traversable, language: str) -> GNUTranslations:
    with (locales / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
