"""The languages that people read: gettext catalogues, Jinja environments and dates.

English is the msgid; `locales/{pl,uk}/LC_MESSAGES/messages.po` of a package hold the other two. The .po files are read
at start, so that nothing compiled is committed and nothing can be stale.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from functools import lru_cache, partial
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
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup

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

    def __init__(self, packages: Sequence[str], translations: Mapping[str, NullTranslations]) -> None:
        self._packages = packages
        self._translations = translations
        self._environments = {language: self._environment(language) for language in translations}

    @classmethod
    def load(cls, package: str, *under: str) -> "Catalogues":
        """Read the catalogues of `package`, and of packages `under` it whose templates and texts it uses as well.

        Raises FileNotFoundError when one is missing.
        """
        packages = (package, *under)
        return cls(packages, {language: _read_catalogues(packages, language) for language in LANGUAGES})

    def jinja(self, language: str) -> Environment:
        """The environment for the packages' `templates/` in `language`: the same one at each call, so compiled once.

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
            loader=ChoiceLoader([PackageLoader(package) for package in self._packages]),
            extensions=["jinja2.ext.i18n"],
            autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.newstyle_gettext = True  # type: ignore[attr-defined]  # put there by the extension
        gettext, ngettext = _template_gettext(self._translations[language])
        environment.globals.update(language=language, gettext=gettext, ngettext=ngettext, _=gettext)
        for name, render in (("date", local_date), ("time", local_time), ("datetime", local_datetime)):
            environment.filters[name] = partial(render, language=language)
        return environment


def local_date(instant: datetime, style: str = "long", *, language: str, zone: tzinfo = WARSAW) -> str:
    """The day of `instant`, as `12 września 2026`; style `full` adds the day of the week."""
    return _day(instant.astimezone(zone).date(), style, language)


def local_time(instant: datetime, style: str = "short", *, language: str, zone: tzinfo = WARSAW) -> str:
    """The time of day of `instant`, as `14:05`."""
    here = instant.astimezone(zone)
    return _time_of_day(here.hour, here.minute, 0 if style == "short" else here.second, style, language)


def local_datetime(instant: datetime, style: str = "long", *, language: str, zone: tzinfo = WARSAW) -> str:
    """Day and time of `instant`, as `12 września 2026, 14:05`; style `full` adds the day of the week."""
    day = local_date(instant, style, language=language, zone=zone)
    return f"{day}, {local_time(instant, language=language, zone=zone)}"


@lru_cache(maxsize=1024)
def _day(day: date, style: str, language: str) -> str:
    # Few fonts have the narrow no-break space that Babel puts before the Ukrainian "р.".
    return format_date(day, style, LOCALES[language]).replace("\u202f", "\u00a0")


@lru_cache(maxsize=8192)
def _time_of_day(hour: int, minute: int, second: int, style: str, language: str) -> str:
    return format_time(time(hour, minute, second), style, None, LOCALES[language])


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


def _read_catalogues(packages: Sequence[str], language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    first, *under = (_read_catalogue(resources.files(package) / "locales", language) for package in packages)
    for catalogue in under:
        first.add_fallback(catalogue)
    return first


def _read_catalogue(locales: Traversable, language: str) -> GNUTranslations:
    with (locales / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _template_gettext(translations: NullTranslations) -> tuple[Callable[..., str], Callable[..., str]]:
    """`gettext` and `ngettext` for templates: what Jinja's own do (`newstyle`), at a third of their cost per call."""

    @pass_eval_context
    def gettext(here: EvalContext, message: str, /, **variables: object) -> str:
        text = translations.gettext(message)
        return (Markup(text) if here.autoescape else text) % variables  # noqa: S704 - catalogues are ours

    @pass_eval_context
    def ngettext(here: EvalContext, singular: str, plural: str, number: int, /, **variables: object) -> str:
        text = translations.ngettext(singular, plural, number)
        variables.setdefault("num", number)
        return (Markup(text) if here.autoescape else text) % variables  # noqa: S704 - catalogues are ours

    return gettext, ngettext
