"""What is in a zip, and what may be read of it."""

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.entry_names import name_faults
from accounts.domain.oneroster.faults import Fault
from accounts.rosters.formats import flaw_of_format, is_spreadsheet
from accounts.rosters.metered import MIB, UNPACKING_FAILS, Limits, Unreadable

_ENCRYPTED = 0x1 | 0x40 | 0x2000
"""The bits of an entry that is encrypted: in the old way, strongly, or with its name."""

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Those that every program writes. Python unpacks the others without a bound for the single piece."""


class ZipSource(io.BufferedReader):
    """A zip's bytes. Its directory is read at once, so that one of more than a megabyte is not: it names too much."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads up to `size` bytes. Raises Unreadable."""
        if size is not None and size > MIB:
            raise Unreadable(Code.TOO_MANY_FILES)
        return super().read(size)


def open_directory(source: ZipSource, limits: Limits) -> zipfile.ZipFile:
    """The zip, of which nothing but its directory was read. Raises Unreadable."""
    if flaw := flaw_of_format(source):
        raise Unreadable(flaw)
    if source.seek(0, io.SEEK_END) > limits.archive:
        raise Unreadable(Code.TOO_LARGE)
    try:
        return zipfile.ZipFile(source)
    except UNPACKING_FAILS:
        raise Unreadable(Code.DAMAGED if zipfile.is_zipfile(source) else Code.TRUNCATED) from None


def readable_entries(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> tuple[list[zipfile.ZipInfo], list[Fault]]:
    """The entries that may be read, and what is wrong with the others. Raises Unreadable when none may be."""
    names = [entry.orig_filename for entry in entries]
    if len(names) > limits.files:
        raise Unreadable(Code.TOO_MANY_FILES)
    if is_spreadsheet(names):
        raise Unreadable(Code.SPREADSHEET)
    if sum(entry.file_size for entry in entries) > limits.all_files:
        raise Unreadable(Code.TOO_LARGE)
    by_name = name_faults(names)
    faults = list(by_name.values())
    if any(fault.code is Code.ALL_IN_FOLDER for fault in faults):
        return [], faults
    readable: list[zipfile.ZipInfo] = []
    for entry, name in zip(entries, names, strict=True):
        if name in by_name or "/" in name:
            continue
        if code := _flaw(entry, limits):
            faults.append(Fault(name, None, None, code))
        else:
            readable.append(entry)
    return readable, faults


def _flaw(entry: zipfile.ZipInfo, limits: Limits) -> Code | None:
    """Why an entry is not read, by what the directory says of it."""
    if entry.flag_bits & _ENCRYPTED:
        return Code.ENCRYPTED
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Code.SYMBOLIC_LINK
    if entry.compress_type not in _METHODS:
        return Code.COMPRESSION_UNKNOWN
    if entry.file_size > limits.file:
        return Code.TOO_LARGE
    return Code.TOO_COMPRESSED if entry.file_size > max(MIB, entry.compress_size * limits.growth) else None
