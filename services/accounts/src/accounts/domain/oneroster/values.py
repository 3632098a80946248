"""A value of a column, from its text: one parser for each kind, and none of them guesses."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from typing import NoReturn

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Column, Kind, Mode, Release
from accounts.domain.oneroster.vocabularies import STATUSES, UNKNOWN_WORD, words

Value = str | int | bool | date | datetime | tuple[str, ...] | None
"""What a column may hold. Instants are in UTC. What is empty is None, or an empty tuple where several may stand."""

Parser = Callable[[str], Value]
"""Makes a value of its text. Raises Wrong."""

MAX_LENGTH = 255
"""Characters of a value, and of an item of a list, whose column has no limit of its own."""

MAX_LIST = 8192
"""Characters of a list."""

_NAME = 200
MAX_LENGTHS = {
    "name": _NAME,
    "title": _NAME,
    "givenName": _NAME,
    "familyName": _NAME,
    "middleName": _NAME,
    "preferredGivenName": _NAME,
    "preferredMiddleName": _NAME,
    "preferredFamilyName": _NAME,
    "email": 254,
    "sms": 64,
    "phone": 64,
}
"""Characters of the columns that have a limit of their own."""

_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)

_NO_UTF8 = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""All control characters but the tabulator and line breaks, which a text may have."""


class Wrong(ValueError):  # noqa: N818 - reads as what happened
    """A text is not what its column holds. The code says why; the text is not repeated."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def parser_of(column: Column, file: str, release: Release, mode: Mode) -> Parser:
    """The parser of a column in a file of a release. Status and time of change stand in a delta alone."""
    if column.kind is Kind.STATUS:
        return _status if mode is Mode.DELTA else _unset
    if column.name == "dateLastModified":
        return _time_of_change if mode is Mode.DELTA else _unset
    if column.kind is Kind.FLAG:
        return _vocabulary(column, {"true": True, "false": False}, Code.BAD_FLAG)
    if column.kind in UNKNOWN_WORD:
        known = {word: word for word in words(column.kind, file, release)}
        return _vocabulary(column, known, UNKNOWN_WORD[column.kind])
    if column.kind in {Kind.ID_LIST, Kind.TEXT_LIST}:
        parse_list = _list(parse_id if column.kind is Kind.ID_LIST else _text(MAX_LENGTH))
        return parse_list if column.required else lambda value: parse_list(value) if value else ()
    parse = _SINGLE.get(column.kind) or _text(MAX_LENGTHS.get(column.name, MAX_LENGTH))
    return parse if column.required else lambda value: parse(value) if value else None


def flaw(text: str) -> Code | None:
    """What is wrong with a text whatever it means."""
    if not text.isprintable():
        if _NO_UTF8.search(text):
            return Code.NOT_UTF8
        if "\0" in text:
            return Code.NUL
        if _CONTROL.search(text):
            return Code.CONTROL_CHARACTER
    return Code.BLANKS_AROUND if text.strip() != text else None


def parse_id(text: str) -> str:
    """An id: whatever can be printed. Raises Wrong."""
    if text and len(text) <= MAX_LENGTH and text.isprintable() and text.strip() == text:
        return text
    if not text:
        raise Wrong(Code.REQUIRED_EMPTY)
    raise Wrong(flaw(text) or (Code.CONTROL_CHARACTER if not text.isprintable() else Code.VALUE_TOO_LONG))


@cache
def parse_date(text: str) -> date:
    """A day, as 2026-09-01. Raises Wrong. Only what is right is kept in the cache: the days of two centuries."""
    if _DATE.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise _wrong(text, Code.BAD_DATE)


def parse_instant(text: str) -> datetime:
    """An instant with its zone, as 2026-09-01T08:00:00.000Z, in UTC. Raises Wrong."""
    if _INSTANT.fullmatch(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text).astimezone(UTC)
    raise _wrong(text, Code.BAD_INSTANT)


def parse_year(text: str) -> int:
    """A year in four digits. Raises Wrong."""
    if _YEAR.fullmatch(text):
        return int(text)
    raise _wrong(text, Code.BAD_YEAR)


_SINGLE: dict[Kind, Parser] = {
    Kind.ID: parse_id,
    Kind.DATE: parse_date,
    Kind.INSTANT: parse_instant,
    Kind.YEAR: parse_year,
}


class _Words(dict[str, Value]):
    """The values of words; a look-up of any other raises Wrong. Looking up one that is known runs no Python."""

    def __init__(self, known: Mapping[str, Value], unknown: Code, empty: Code = Code.REQUIRED_EMPTY) -> None:
        super().__init__(known)
        self._unknown = unknown
        self._empty = empty

    def __missing__(self, text: str) -> NoReturn:
        raise _wrong(text, self._unknown, self._empty)


_status: Parser = _Words({word: word for word in STATUSES}, Code.STATUS_UNKNOWN, Code.MISSING_IN_DELTA).__getitem__
_unset: Parser = _Words({"": None}, Code.SET_IN_BULK).__getitem__


def _vocabulary(column: Column, known: Mapping[str, Value], unknown: Code) -> Parser:
    return _Words(known if column.required else {"": None, **known}, unknown).__getitem__


def _text(limit: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if (
            text
            and len(text) <= limit
            and text.strip() == text
            and (text.isprintable() or not (_NO_UTF8.search(text) or _CONTROL.search(text)))
        ):
            return text
        raise _wrong(text, Code.VALUE_TOO_LONG)

    return parse


def _list(parse_item: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        if len(text) > MAX_LIST or not text:
            raise _wrong(text, Code.VALUE_TOO_LONG)
        items = text.split(",")
        if "" in items:
            raise _wrong(text, Code.LIST_ITEM_EMPTY)
        return tuple(map(parse_item, items))

    return parse


def _time_of_change(text: str) -> datetime:
    """When a row of a delta was changed."""
    if not text:
        raise Wrong(Code.MISSING_IN_DELTA)
    return parse_instant(text)


def _wrong(text: str, code: Code, empty: Code = Code.REQUIRED_EMPTY) -> Wrong:
    """Why a text is none of its kind: it is empty, or no good text at all, or for the reason given."""
    return Wrong(empty if not text else flaw(text) or code)
