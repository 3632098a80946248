"""manifest.csv: which release an export is of, and what each of its files is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import FILES, MANIFEST, SKIPPED, SUFFIX, Column, File, Kind, Mode, Release
from accounts.domain.oneroster.findings import Findings
from accounts.domain.oneroster.header import Header, read_header, wrong_width
from accounts.domain.oneroster.repairs import Repair
from accounts.domain.oneroster.values import MAX_LENGTH, flaw

FILE = f"{MANIFEST}{SUFFIX}"
OF_FILE = "file."
"""What the name of a file's property begins with."""

_COLUMNS = File(MANIFEST, tuple(Column(name, Kind.TEXT, required=True) for name in ("propertyName", "value")))
_VERSION = "manifest.version"
_RELEASE = "oneroster.version"
_SYSTEM_NAME = "source.systemName"
_SYSTEM_CODE = "source.systemCode"
_MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says. A file whose mode it does not say well is not among the modes."""

    release: Release
    modes: Mapping[str, Mode]
    system_name: str | None
    system_code: str | None


@dataclass(frozen=True, slots=True)
class _Property:
    row: int
    value: str


def read_manifest(rows: Iterator[tuple[int, list[str]]], findings: Findings) -> Manifest | None:
    """The manifest in rows, each with its number, the header first; None when the release cannot be told.

    Of the files only those that are read must be named: the standard wants all, but nothing hangs on the others.
    """
    header = read_header(rows, _COLUMNS, findings)
    if header is None:
        return None
    properties = _properties(rows, header, findings)
    version = properties.get(_VERSION)
    if version is None:
        findings.tell(Fault(FILE, None, _VERSION, Code.PROPERTY_MISSING))
    elif version.value != "1.0":
        findings.tell(Fault(FILE, version.row, _VERSION, Code.MANIFEST_VERSION_UNKNOWN, version.value))
    release = _release(properties.get(_RELEASE), findings)
    if release is None:
        return None
    names = (*FILES[release], *SKIPPED[release])
    known = {_VERSION, _RELEASE, _SYSTEM_NAME, _SYSTEM_CODE, *(f"{OF_FILE}{name}" for name in names)}
    for name, found in properties.items():
        if name not in known:
            findings.tell(Fault(FILE, found.row, name, Code.PROPERTY_UNKNOWN))
    modes: dict[str, Mode] = {}
    for name in names:
        mode = _mode(name, properties.get(f"{OF_FILE}{name}"), findings, needed=name in FILES[release])
        if mode is not None:
            modes[name] = mode
    return Manifest(
        release,
        modes,
        system_name=_text(_SYSTEM_NAME, properties, findings),
        system_code=_text(_SYSTEM_CODE, properties, findings),
    )


def _properties(rows: Iterable[tuple[int, Sequence[str]]], header: Header, findings: Findings) -> dict[str, _Property]:
    properties: dict[str, _Property] = {}
    pick = itemgetter(*(header.positions[column] for column in _COLUMNS.header))
    for row, values in rows:
        if row > _MAX_ROWS:
            findings.tell(Fault(FILE, row, None, Code.TOO_LARGE))
            break
        if not values:
            findings.deviates(Repair.LINE_EMPTY, Fault(FILE, row, None, Code.LINE_EMPTY))
            continue
        if wrong := wrong_width(values, header.width):
            findings.tell(Fault(FILE, row, None, wrong, f"{len(values)} of {header.width}"))
            continue
        texts = zip(_COLUMNS.header, pick(values), strict=True)
        name, value = (_stripped(text, column, row, findings) for column, text in texts)
        if name in properties:
            findings.tell(Fault(FILE, row, name, Code.PROPERTY_TWICE, value))
        else:
            properties[name] = _Property(row, value)
    return properties


def _stripped(text: str, column: str, row: int, findings: Findings) -> str:
    found = flaw(text)
    if found is Code.BLANKS_AROUND:
        findings.deviates(Repair.BLANKS_AROUND, Fault(FILE, row, column, found, text))
        return text.strip()
    if found:
        findings.tell(Fault(FILE, row, column, found, text))
    return text


def _release(found: _Property | None, findings: Findings) -> Release | None:
    if found is None:
        findings.tell(Fault(FILE, None, _RELEASE, Code.PROPERTY_MISSING))
    elif found.value in list(Release):
        return Release(found.value)
    else:
        findings.tell(Fault(FILE, found.row, _RELEASE, Code.RELEASE_UNKNOWN, found.value))
    return None


def _mode(name: str, found: _Property | None, findings: Findings, *, needed: bool) -> Mode | None:
    if found is None:
        if needed:
            findings.tell(Fault(FILE, None, f"{OF_FILE}{name}", Code.PROPERTY_MISSING))
    elif found.value in list(Mode):
        return Mode(found.value)
    else:
        findings.tell(Fault(FILE, found.row, f"{OF_FILE}{name}", Code.MODE_UNKNOWN, found.value))
    return None


def _text(name: str, properties: Mapping[str, _Property], findings: Findings) -> str | None:
    found = properties.get(name)
    if found and len(found.value) > MAX_LENGTH:
        findings.tell(Fault(FILE, found.row, name, Code.VALUE_TOO_LONG, found.value))
    return (found and found.value) or None
