"""What was found in a roster, for people: as tables on a terminal, and as CSV for a spreadsheet."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from rich import box
from rich.table import Table
from rich.text import Text

from accounts.domain.oneroster.findings import Findings

SHOWN = 50
"""Faults that a table shows; the CSV has all that were kept."""

COLUMNS = ("file", "row", "column", "code", "value", "what to do")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def fault_table(findings: Findings) -> Table:
    """The first 50 faults and how many more there are."""
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD, title="Faults", title_justify="left", caption_justify="left")
    for line in islice(_lines(findings), SHOWN):
        table.add_row(*(Text(text) for text in line))
    if findings.count > SHOWN:
        table.caption = f"and {findings.count - SHOWN:,} more"
    return table


def repair_table(findings: Findings) -> Table:
    """What lenient reading mended, by file and column, the most frequent first."""
    table = Table("file", "column", "mended", "times", box=box.SIMPLE_HEAD, title="Mended", title_justify="left")
    for (file, column, repair), times in findings.repairs.most_common():
        table.add_row(Text(file or ""), Text(column or ""), repair.sentence, f"{times:,}")
    return table


def write_csv(findings: Findings, file: TextIO) -> None:
    """Writes the faults as CSV, then, without a row and with their number as the value, those that were only counted.

    No value is taken for a formula by a spreadsheet: one that looks like it begins with an apostrophe.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for line in _lines(findings):
        writer.writerow([_plain(text) for text in line])


def _lines(findings: Findings) -> Iterator[tuple[str, ...]]:
    for fault in findings.faults:
        row = "" if fault.row is None else str(fault.row)
        yield fault.file or "", row, fault.column or "", fault.code, fault.value, fault.code.sentence
    for (file, column, code), times in findings.more.most_common():
        yield file or "", "", column or "", code, f"{times} more", code.sentence


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
