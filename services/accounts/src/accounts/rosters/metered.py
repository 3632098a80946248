"""Files of an archive, read within limits: what is counted is what really comes, whatever the archive says."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TypeVar

from accounts.domain.oneroster.codes import Code

T = TypeVar("T")

MIB = 1 << 20
GIB = 1 << 30

UNPACKING_FAILS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What Python's reading of zips raises for one that is damaged; a ValueError also where a name cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold, in bytes. A district of a million students has some 1.5 GB in a zip of a tenth."""

    files: int = 100
    archive: int = 2 * GIB
    file: int = 4 * GIB
    all_files: int = 12 * GIB
    growth: int = 200
    """How many times as large as in the archive a file may be, from a megabyte on."""


class Unreadable(Exception):  # noqa: N818 - reads as what happened
    """A file of an archive cannot be read on."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class Meter:
    """Counts what is read of an archive, all of its files together, those that are read twice counted twice."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._read = 0

    def count(self, size: int, of_file: int, packed: int | None) -> None:
        """Counts `size` bytes more of a file of which `of_file` were read in all. Raises Unreadable.

        `packed` is its size in the archive, None where it is not packed.
        """
        self._read += size
        if of_file > self.limits.file or self._read > self.limits.all_files:
            raise Unreadable(Code.TOO_LARGE)
        if packed is not None and of_file > max(MIB, packed * self.limits.growth):
            raise Unreadable(Code.TOO_COMPRESSED)


class MeteredFile(io.RawIOBase):
    """A file whose bytes are counted. Reading raises Unreadable for whatever is wrong with it."""

    def __init__(self, source: IO[bytes], meter: Meter, packed: int | None) -> None:
        super().__init__()
        self._source = source
        self._meter = meter
        self._packed = packed
        self._size = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Reads into the buffer; 0 is the end. Raises Unreadable."""
        data = unpacking(lambda: self._source.read(len(buffer)))
        self._size += len(data)
        self._meter.count(len(data), self._size, self._packed)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes what is read."""
        self._source.close()
        super().close()


def unpacking(read: Callable[[], T]) -> T:
    """What `read` gives. Raises Unreadable when the archive is damaged there."""
    try:
        return read()
    except EOFError:
        raise Unreadable(Code.TRUNCATED) from None
    except UNPACKING_FAILS:
        raise Unreadable(Code.DAMAGED) from None
