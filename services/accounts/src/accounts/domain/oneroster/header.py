"""The first line of a file: which column stands where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import EXTENSION, EXTENSIONS, SUFFIX, File
from accounts.domain.oneroster.findings import Findings
from accounts.domain.oneroster.repairs import Repair

_MISSPELT = {"datalastmodified": "dateLastModified"}
_OTHER_SEPARATORS = (";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand that are known, and how many values a row has."""

    positions: Mapping[str, int]
    width: int


def read_header(rows: Iterator[tuple[int, list[str]]], file: File, findings: Findings) -> Header | None:
    """The header, which is the first of the rows; None when rows cannot be read by it."""
    before = findings.count
    _, names = next(rows, (1, []))
    if findings.count > before:
        return None  # the first line is no row, which was told
    return match_header(names, file, findings)


def match_header(names: Sequence[str], file: File, findings: Findings) -> Header | None:
    """The header in the names of the first line; None when rows cannot be read by it.

    Rows can be read, and their faults told, as long as each of the standard's columns is there once.
    """
    where = f"{file.name}{SUFFIX}"
    known = _known(file.header) | {wrong: right for wrong, right in _MISSPELT.items() if right in file.header}
    if not any(name.strip().casefold() in known for name in names):
        other = any(_separated_otherwise(name, known) for name in names)
        code = Code.SEPARATOR_WRONG if other else Code.HEADER_MISSING
        findings.tell(Fault(where, 1, None, code, ",".join(names)))
        return None
    known |= _known(column.name for column in EXTENSIONS.get(file.name, ()))
    positions: dict[str, int] = {}
    twice = False
    for position, name in enumerate(names):
        column = _column(name, known, where, findings)
        if column in positions:
            findings.tell(Fault(where, 1, column, Code.COLUMN_TWICE, name))
            twice = True
        elif column:
            positions[column] = position
    missing = [column for column in file.header if column not in positions]
    for column in missing:
        findings.tell(Fault(where, 1, column, Code.COLUMN_MISSING))
    _find_disorder(positions, file, where, findings)
    return None if missing or twice else Header(positions, len(names))


def wrong_width(values: Sequence[str], width: int) -> Code | None:
    """What is wrong with the number of values in a row."""
    if len(values) == width:
        return None
    return Code.VALUES_TOO_FEW if len(values) < width else Code.VALUES_TOO_MANY


def _known(columns: Iterable[str]) -> dict[str, str]:
    return {column.casefold(): column for column in columns}


def _column(name: str, known: Mapping[str, str], where: str, findings: Findings) -> str | None:
    """The column that a name means: one of the standard, or of the exporter's own."""
    plain = name.strip()
    if plain != name:
        findings.deviates(Repair.BLANKS_AROUND, Fault(where, 1, plain, Code.BLANKS_AROUND, name))
    column = known.get(plain.casefold())
    if column is None:
        if plain.startswith(EXTENSION):
            return plain
        findings.tell(Fault(where, 1, plain, Code.COLUMN_UNKNOWN, name))
        return None
    if plain.casefold() in _MISSPELT:
        findings.deviates(Repair.COLUMN_MISSPELT, Fault(where, 1, column, Code.COLUMN_MISSPELT, name))
    elif plain != column:
        findings.deviates(Repair.COLUMN_CASE, Fault(where, 1, column, Code.COLUMN_CASE, name))
    return column


def _find_disorder(positions: Mapping[str, int], file: File, where: str, findings: Findings) -> None:
    """Tells the first column that is not where the standard has it: its own in their order, then all others."""
    own = [column for column in file.header if column in positions]
    wanted = own + [column for column in positions if column not in own]
    for column, right in zip(positions, wanted, strict=True):
        if column != right:
            findings.tell(Fault(where, 1, column, Code.COLUMN_ORDER, column))
            return


def _separated_otherwise(name: str, known: Mapping[str, str]) -> bool:
    return any(
        part.strip(' "').casefold() in known
        for separator in _OTHER_SEPARATORS
        if separator in name
        for part in name.split(separator)
    )
