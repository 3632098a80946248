"""The rows of a CSV file with the numbers of their lines: RFC 4180 to the letter, UTF-8, nothing held but a row.

Bytes that are no UTF-8 come as lone surrogates, which no UTF-8 has, so that whoever looks at the values tells the row
and the column.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from accounts.domain.oneroster.codes import Code
from accounts.rosters.metered import Unreadable

MAX_LINE = 1 << 16
"""Bytes of a line: a row of a roster has some hundreds."""

MAX_LINES = 100
"""Lines of a row. Where there are more, a quotation mark was not closed."""

Tell = Callable[[int, Code, str], None]
"""Takes the number of a row's first line, what is wrong with the row, and its text."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_VALUE = r'(?:"(?:[^"]|"")*+"|[^",\r\n]*+)'
_RFC_4180 = re.compile(rf"{_VALUE}(?:,{_VALUE})*+(?:\r?\n)?")
_LONE_CR = re.compile(r"\r(?!\n)")


def csv_rows(source: BinaryIO, tell: Tell) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the number of its first line; an empty line is a row without values.

    Rows that are no CSV are told and left out, and so may be lines after them. Raises Unreadable as reading does, and
    for UTF-16.
    """
    lines = _Lines(source)
    reader = csv.reader(lines, strict=True)
    row = lines.row
    width = 0
    while True:
        row.clear()
        first = lines.read + 1
        try:
            for values in reader:
                width = width or len(values)
                if '"' in row[0] and _is_broken(row, values, width):
                    tell(first, Code.QUOTE_BROKEN, row[0])
                else:
                    yield first, values
                row.clear()
                first = lines.read + 1
        except _NoRow as no_row:
            tell(first, no_row.code, row[0])
        except csv.Error:
            lone = _LONE_CR.search("".join(row))
            tell(first, Code.LINE_BREAK_BROKEN if lone else Code.QUOTE_BROKEN, row[0])
        else:
            return


def _is_broken(row: Sequence[str], values: Sequence[str], width: int) -> bool:
    """Whether quotation marks in a row of these lines are wrong, so that other rows may have become a value of it.

    Two marks that are missing in the same column of two rows leave a row as wide as the header: then a value has line
    breaks and the commas of a row.
    """
    if len(row) > 1 and (
        len(values) != width or any("\n" in value and value.count(",") >= width - 1 for value in values)
    ):
        return True
    return '"' in "".join(values) and not _RFC_4180.fullmatch("".join(row))


class _NoRow(Exception):  # noqa: N818 - reads as what happened
    """What was read is no row, however it goes on."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class _Lines:
    """The lines of a file, which go on after one that was too long.

    `row` are those since it was last cleared, `read` counts all.
    """

    def __init__(self, source: BinaryIO) -> None:
        self.row: list[str] = []
        self.read = 0
        self._source = source

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._source.readline(MAX_LINE)
        if not line:
            raise StopIteration
        cut = len(line) == MAX_LINE and not line.endswith(b"\n")
        if not self.read:
            if line.startswith(_UTF_16):
                raise Unreadable(Code.NOT_UTF8)
            line = line.removeprefix(codecs.BOM_UTF8)
        self.read += 1
        text = line.decode("utf-8", "surrogateescape")
        self.row.append(text)
        if cut:
            self._skip_the_rest()
            raise _NoRow(Code.LINE_BREAK_BROKEN if _LONE_CR.search(text) else Code.LINE_TOO_LONG)
        if len(self.row) > MAX_LINES:
            raise _NoRow(Code.QUOTE_BROKEN)
        return text

    def _skip_the_rest(self) -> None:
        while (piece := self._source.readline(MAX_LINE)) and not piece.endswith(b"\n"):
            continue
