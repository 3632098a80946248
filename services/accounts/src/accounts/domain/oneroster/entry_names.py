"""Which names files may have in an archive: plain ones, beside each other."""

import re
from collections.abc import Sequence

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import MANIFEST, SUFFIX

_DRIVE = re.compile(r"[A-Za-z]:")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


def name_faults(names: Sequence[str]) -> dict[str, Fault]:
    """The faults of names in a zip, by the name. Those of folders end with a slash; one that holds others has no fault
    of its own.

    A folder is told once, whatever lies in it; a single one around everything has a code of its own.
    """
    faults: dict[str, Fault] = {}
    wrapped = _folder_around(names)
    folders: set[str] = set()
    for name in names:
        folder, slash, _ = name.partition("/")
        if _leads_out(name):
            faults[name] = Fault(name, None, None, Code.NAME_UNSAFE)
        elif slash:
            code = Code.ALL_IN_FOLDER if folder == wrapped else Code.IN_FOLDER
            if folder not in folders:
                faults[name] = Fault(f"{folder}/", None, None, code)
            folders.add(folder)
        elif name.casefold().endswith(_ARCHIVES):
            faults[name] = Fault(name, None, None, Code.ARCHIVE_WITHIN)
    return faults


def _leads_out(name: str) -> bool:
    """Whether a name is more than a name or means different things to different programs."""
    return (
        name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ".." in name.split("/")
        or _DRIVE.match(name) is not None
    )


def _folder_around(names: Sequence[str]) -> str | None:
    """The folder that holds the manifest while there is none outside."""
    lowered = [name.casefold() for name in names]
    manifest = f"{MANIFEST}{SUFFIX}"
    if manifest in lowered:
        return None
    for name in names:
        folder, _, rest = name.partition("/")
        if rest.casefold() == manifest:
            return folder
    return None
