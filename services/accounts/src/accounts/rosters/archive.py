"""The archive that an export comes in: a zip, or a folder. Whatever it is, opening it raises nothing."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.rosters.folders import readable_files
from accounts.rosters.metered import Limits, Meter, MeteredFile, Unreadable, unpacking
from accounts.rosters.zips import ZipSource, open_directory, readable_entries

PIECE = 1 << 16
"""Bytes that are unpacked at once."""

_LIMITS = Limits()


class Archive:
    """The files that may be read, by their names as they stand there, and what is wrong with the others.

    A name may be there twice. Without any name nothing can be read, and a fault says why.
    """

    def __init__(
        self, names: Sequence[str], faults: Sequence[Fault], openers: Mapping[str, Callable[[], MeteredFile]]
    ) -> None:
        self.names = tuple(names)
        self.faults = tuple(faults)
        self._openers = openers

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of a file that is there once. Opening and reading it raises Unreadable."""
        with io.BufferedReader(unpacking(self._openers[name]), PIECE) as source:
            yield source


@contextmanager
def open_archive(path: Path, limits: Limits = _LIMITS) -> Iterator[Archive]:
    """The archive in a zip or a folder. What is wrong with it are its faults."""
    with ExitStack() as opened:
        try:
            archive = _opened(path, Meter(limits), opened)
        except Unreadable as unreadable:
            archive = _nothing(unreadable.code)
        except OSError:
            archive = _nothing(Code.CANNOT_BE_OPENED)
        yield archive


def _nothing(code: Code) -> Archive:
    return Archive((), [Fault(None, None, None, code)], {})


def _opened(path: Path, meter: Meter, opened: ExitStack) -> Archive:
    """The archive; what it needs to be read is closed with `opened`. Raises Unreadable and OSError."""
    if path.is_dir():
        files, faults = readable_files(path, meter.limits)
        openers = {file.name: partial(_file, file, meter) for file in files}
        return Archive(list(openers), faults, openers)
    if not path.is_file():
        raise Unreadable(Code.NO_PLAIN_FILE if path.exists() else Code.CANNOT_BE_OPENED)
    source = opened.enter_context(ZipSource(path))
    zipped = opened.enter_context(open_directory(source, meter.limits))
    entries, faults = readable_entries(zipped.infolist(), meter.limits)
    return Archive(
        [entry.filename for entry in entries],
        faults,
        {entry.filename: partial(_entry, zipped, entry, meter) for entry in entries},
    )


def _file(file: Path, meter: Meter) -> MeteredFile:
    return MeteredFile(file.open("rb"), meter, packed=None)


def _entry(zipped: ZipFile, entry: ZipInfo, meter: Meter) -> MeteredFile:
    return MeteredFile(zipped.open(entry), meter, packed=entry.compress_size)
