"""What lenient reading mends: deviations of real exports that have one meaning only, each with a name."""

import re
from contextlib import suppress
from datetime import date

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Kind
from accounts.domain.oneroster.sentences import WithSentence


class Repair(WithSentence):
    """A deviation that is mended. `sentence` says to people what was done."""

    FILE_NAME_CASE = "file_name_case", "The file's name was read as if it were in the standard's case."
    COLUMN_CASE = "column_case", "The column's name was read as if it were in the standard's case."
    COLUMN_MISSPELT = "column_misspelt", "dataLastModified was read as dateLastModified."
    BLANKS_AROUND = "blanks_around", "Blanks before and after the value were dropped."
    LINE_EMPTY = "line_empty", "An empty line was skipped."
    FLAG_WORD = "flag_word", "Another word for true or false was read as such: TRUE, yes, 1."
    DAY_FIRST = "day_first", "A date with the day first was read: 01/09/2026 or 1.9.2026."
    SET_IN_BULK = "set_in_bulk", "What is for a delta alone was dropped from a bulk file."
    ZONE_MISSING = "zone_missing", "A time without a zone was read as UTC."
    TIME_MISSING = "time_missing", "A date where an instant belongs was read as its midnight in UTC."


_DAY_FIRST = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})", re.ASCII)
_BARE_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WITHOUT_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)", re.ASCII)

_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0"), "false"),
}


def mend(text: str, kind: Kind, code: Code) -> tuple[str, Repair] | None:
    """The text without the deviation that `code` names, or None when it cannot be mended.

    What comes back may have another one. Days come before months, as in Europe: what cannot be one is a fault.
    """
    match code:
        case Code.BLANKS_AROUND:
            return _without_blanks(text, kind), Repair.BLANKS_AROUND
        case Code.BAD_FLAG:
            word = _FLAGS.get(text.lower())
            return (word, Repair.FLAG_WORD) if word else None
        case Code.SET_IN_BULK:
            # A row that is to be deleted is no row of the whole list: what it means there nobody knows.
            return ("", Repair.SET_IN_BULK) if kind is not Kind.STATUS or text == "active" else None
        case Code.BAD_DATE:
            day = _day_first(text)
            return (day, Repair.DAY_FIRST) if day else None
        case Code.BAD_INSTANT:
            return _instant(text)
    return None


def _without_blanks(text: str, kind: Kind) -> str:
    if kind in {Kind.ID_LIST, Kind.TEXT_LIST}:
        return ",".join(item.strip() for item in text.split(","))
    return text.strip()


def _day_first(text: str) -> str | None:
    """The day as the standard writes it, when it is written as in much of Europe."""
    if found := _DAY_FIRST.fullmatch(text):
        with suppress(ValueError):
            return date(int(found[4]), int(found[3]), int(found[1])).isoformat()
    return None


def _instant(text: str) -> tuple[str, Repair] | None:
    if day := _day_first(text):
        return day, Repair.DAY_FIRST
    if _BARE_DATE.fullmatch(text):
        return f"{text}T00:00:00Z", Repair.TIME_MISSING
    if found := _WITHOUT_ZONE.fullmatch(text):
        return f"{found[1]}T{found[2]}Z", Repair.ZONE_MISSING
    return None
