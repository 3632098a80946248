"""The district as a zip: written to files beside it, packed, and put in its place only when it is whole."""

import csv
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from devstack.cache import publish, workplace
from devstack.district.contents import Contents, Part
from devstack.district.plan import Plan

MANIFEST = "manifest"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip, the earliest that there is, so that the same district is the same bytes."""

READABLE_FILE = (stat.S_IFREG | 0o644) << 16
"""A plain file that everybody may read, where a zip says so."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows by file, without headers, and the size of the zip in bytes."""

    rows: Mapping[str, int]
    size: int

    @property
    def total(self) -> int:
        """The rows of all files."""
        return sum(self.rows.values())


class PlaceError(ValueError):
    """Nothing can be written there; the message is one line that says what would do."""


def write_district(plan: Plan, out: Path, school_done: Callable[[], None] = lambda: None) -> Written:
    """Writes the district to `out`, whatever was there before, and calls `school_done` after each school.

    Raises PlaceError, and OSError when the disk is full; then what was there is there still.
    """
    check_place(out)
    contents = Contents(plan)
    with workplace(out.parent) as folder:
        rows = _write_files(contents, folder, school_done)
        made = folder / "made.zip"
        _pack(made, [_path(folder, name) for name in (MANIFEST, *contents.headers)])
        size = made.stat().st_size
        publish(made, out)
    return Written(rows, size)


def check_place(out: Path) -> None:
    """Raises PlaceError when no file can be made there."""
    if out.is_dir():
        raise PlaceError(f"OUT={out}: this is a folder; name a file in it, like {out / 'district.zip'}")
    if not out.parent.is_dir():
        raise PlaceError(f"OUT={out}: there is no folder {out.parent}; make it, or name another")


def _write_files(contents: Contents, folder: Path, school_done: Callable[[], None]) -> Mapping[str, int]:
    """Writes the CSV files; the number of rows of each."""
    written: Counter[str] = Counter()
    with ExitStack() as files:
        writers = {}
        for name, header in contents.headers.items():
            file = files.enter_context(_path(folder, name).open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file)  # its rows end in CRLF, as RFC 4180 wants them
            writers[name].writerow(header)

        def write(part: Part) -> None:
            for name, rows in part.items():
                writers[name].writerows(rows)
                written[name] += len(rows)

        write(contents.of_district())
        for part in contents.of_schools():
            write(part)
            school_done()
    with _path(folder, MANIFEST).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(contents.manifest())
    return written


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.csv"


def _pack(made: Path, paths: Iterable[Path]) -> None:
    """Packs the files, without folders."""
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path.name, EARLIEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, READABLE_FILE
            entry.file_size = path.stat().st_size  # by it is decided whether it becomes a ZIP64
            with path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target)
