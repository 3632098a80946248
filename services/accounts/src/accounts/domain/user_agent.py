"""Names for the browser and the system that a `User-Agent` tells of: from a list of ours, for a person to know."""

from collections.abc import Sequence

_BROWSERS: Sequence[tuple[str, str]] = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Sequence[tuple[str, str]] = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What a browser's text holds, and its name; the first that fits, as many browsers pretend to be others as well."""


def browser_of(user_agent: str) -> str | None:
    """The browser's name; None when it is none that we know."""
    return _first(_BROWSERS, user_agent)


def system_of(user_agent: str) -> str | None:
    """The operating system's name; None when it is none that we know."""
    return _first(_SYSTEMS, user_agent)


def _first(names: Sequence[tuple[str, str]], text: str) -> str | None:
    return next((name for sign, name in names if sign in text), None)
