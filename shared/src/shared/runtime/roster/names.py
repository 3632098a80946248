"""The Polish order of names, as text that PostgreSQL compares byte by byte: it may not know any language's order."""

import unicodedata

_AFTER = "{"
"""Comes after z: what follows a letter that stands behind the plain one, as ą does behind a."""

_POLISH = str.maketrans(
    {
        "ą": "a" + _AFTER,
        "ć": "c" + _AFTER,
        "ę": "e" + _AFTER,
        "ł": "l" + _AFTER,
        "ń": "n" + _AFTER,
        "ó": "o" + _AFTER,
        "ś": "s" + _AFTER,
        "ź": "z" + _AFTER,
        "ż": "z" + _AFTER * 2,
        "-": " ",
    }
)
_BETWEEN = "\t"
"""Comes before whatever a name is made of, so that Nowak stands before Nowak-Bąk and Nowakowska."""


def sort_key(family_name: str, given_name: str) -> str:
    """Where a person stands in a list: by family name, then by given name; letters of other languages as plain ones."""
    return _key(family_name) + _BETWEEN + _key(given_name)


def _key(name: str) -> str:
    lower = name.lower()
    if lower.isascii():
        return lower.replace("-", " ")
    translated = unicodedata.normalize("NFC", lower).translate(_POLISH)
    if translated.isascii():
        return translated
    plain = unicodedata.normalize("NFD", translated)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
