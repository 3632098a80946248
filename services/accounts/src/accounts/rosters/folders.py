"""What is in a folder with the files of an export, which the standard allows instead of a zip."""

from itertools import islice
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.entry_names import name_faults
from accounts.domain.oneroster.faults import Fault
from accounts.rosters.metered import Limits, Unreadable


def readable_files(folder: Path, limits: Limits) -> tuple[list[Path], list[Fault]]:
    """The files that may be read, and the faults of the others. Raises OSError, and Unreadable when none may be."""
    files = sorted(islice(folder.iterdir(), limits.files + 1))
    if not files:
        raise Unreadable(Code.EMPTY)
    if len(files) > limits.files:
        raise Unreadable(Code.TOO_MANY_FILES)
    faults = name_faults([file.name for file in files])
    for file in files:
        if file.name not in faults and (code := _flaw(file, limits)):
            faults[file.name] = Fault(file.name, None, None, code)
    return [file for file in files if file.name not in faults], list(faults.values())


def _flaw(file: Path, limits: Limits) -> Code | None:
    """Why a file is not read."""
    try:
        found = file.lstat()
    except OSError:
        return Code.CANNOT_BE_OPENED
    if S_ISLNK(found.st_mode):
        return Code.SYMBOLIC_LINK
    if S_ISDIR(found.st_mode):
        return Code.IN_FOLDER
    if not S_ISREG(found.st_mode):
        return Code.NO_PLAIN_FILE
    return Code.TOO_LARGE if found.st_size > limits.file else None
