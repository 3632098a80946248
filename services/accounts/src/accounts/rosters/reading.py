"""A roster, read from its archive: file by file in the order in which they refer to each other, row by row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.contents import find_files, find_manifest, skipped_files
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import FILES, SUFFIX, File, Mode, Release
from accounts.domain.oneroster.findings import Findings
from accounts.domain.oneroster.header import read_header
from accounts.domain.oneroster.manifest import FILE as MANIFEST_FILE
from accounts.domain.oneroster.manifest import Manifest, read_manifest
from accounts.domain.oneroster.parsing import R, RowParser
from accounts.domain.oneroster.rows import SHAPES, Row, UserOf1_1
from accounts.rosters.archive import Archive
from accounts.rosters.csv_rows import csv_rows
from accounts.rosters.metered import Unreadable


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of row, by the name of its file in 1.2. `rows` can be gone through once."""

    name: str
    mode: Mode
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class Roster:
    """An export. `manifest` is None when nothing can be read; `skipped` are files that hold nothing for a roster.

    The findings are complete when the rows of all parts were read.
    """

    manifest: Manifest | None
    parts: tuple[Part, ...]
    skipped: tuple[str, ...]
    findings: Findings


def read_roster(archive: Archive, *, lenient: bool) -> Roster:
    """The roster in an open archive.

    Strict reading tells every deviation from the standard as a fault. Lenient reading mends those that have a name and
    leaves out rows that it cannot mend. Whether the roster may be applied say the findings, in both cases.
    """
    findings = Findings(lenient=lenient)
    for fault in archive.faults:
        findings.tell(fault)
    unreadable = [fault.file for fault in archive.faults if fault.file]
    entry = find_manifest(archive.names, unreadable, findings) if archive.names else None
    manifest = _manifest(archive, entry, findings) if entry else None
    if manifest is None:
        return Roster(None, (), (), findings)
    entries = find_files(archive.names, unreadable, manifest, findings)
    parts = tuple(_parts(archive, manifest, entries, findings))
    return Roster(manifest, parts, skipped_files(archive.names, manifest), findings)


def _manifest(archive: Archive, entry: str, findings: Findings) -> Manifest | None:
    try:
        with archive.open(entry) as source:
            return read_manifest(_rows_of(source, MANIFEST_FILE, findings), findings)
    except Unreadable as unreadable:
        findings.tell(Fault(MANIFEST_FILE, None, None, unreadable.code))
        return None


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of the archive that is read."""

    archive: Archive
    entry: str
    file: File
    release: Release
    mode: Mode


def _parts(archive: Archive, manifest: Manifest, entries: Mapping[str, str], findings: Findings) -> Iterator[Part]:
    release = manifest.release
    for name, entry in entries.items():
        mode = manifest.modes[name]
        source = _Source(archive, entry, FILES[release][name], release, mode)
        if name == "users" and release is Release.V1_1:
            # Read twice, because users and roles go different ways and neither may be held; the faults are told once.
            yield Part("users", mode, (old.user() for old in _read(source, UserOf1_1, findings)))
            silent = Findings(lenient=findings.lenient)
            yield Part("roles", mode, (role for old in _read(source, UserOf1_1, silent) for role in old.roles()))
        else:
            yield Part(name, mode, _read(source, SHAPES[name], findings))


def _read(source: _Source, shape: type[R], findings: Findings) -> Iterator[R]:
    """The rows of a file in a shape."""
    where = f"{source.file.name}{SUFFIX}"
    try:
        with source.archive.open(source.entry) as opened:
            lines = _rows_of(opened, where, findings)
            header = read_header(lines, source.file, findings)
            if header is None:
                return
            parser = RowParser(source.file, shape, header, release=source.release, mode=source.mode, findings=findings)
            yield from parser.rows(lines)
    except Unreadable as unreadable:
        findings.tell(Fault(where, None, None, unreadable.code))


def _rows_of(source: BinaryIO, file: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    def tell(row: int, code: Code, text: str) -> None:
        findings.tell(Fault(file, row, None, code, text.rstrip("\r\n")))

    return csv_rows(source, tell)
