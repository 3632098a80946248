"""What may be wrong with a file: a row of the tables of bad files."""

from collections.abc import Callable
from typing import NamedTuple

from tests.unit.accounts.rosters.exports import Export

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release

Change = Callable[[Export], Export]


class Bad(NamedTuple):
    """What is wrong, how an export becomes so, where it is told, as `file:row:column`, and with which code."""

    what: str
    change: Change
    where: str
    code: Code
    release: Release = Release.V1_2


def swapped(name: str, old: str | bytes, new: str | bytes) -> Change:
    """Other text or bytes instead of the first such in a file."""
    return lambda export: export.swap(name, old, new)


def cell(file: str, column: str, value: str, code: Code, release: Release = Release.V1_2) -> Bad:
    """A wrong value in the first row of a file."""
    name = f"{file}.csv"
    what = f"{file} {column} {value[:30]!r}"
    return Bad(what, lambda export: export.cell(name, column, value), f"{name}:2:{column}", code, release)


def cells(file: str, column: str, values: str, code: Code, release: Release = Release.V1_2) -> list[Bad]:
    """Wrong values, one in a line."""
    return [cell(file, column, value, code, release) for value in values.splitlines()]
