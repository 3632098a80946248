"""Which files of an archive are read, in which order, and whether those are there that have to be."""

from collections.abc import Iterable, Mapping, Sequence

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.files import FILES, MANIFEST, SKIPPED, SUFFIX, Mode, Release
from accounts.domain.oneroster.findings import Findings
from accounts.domain.oneroster.manifest import FILE as MANIFEST_FILE
from accounts.domain.oneroster.manifest import OF_FILE, Manifest
from accounts.domain.oneroster.repairs import Repair

ORDER = (
    "orgs",
    "academicSessions",
    "courses",
    "classes",
    "users",
    "roles",
    "enrollments",
    "demographics",
)
"""The files so that each comes after those that its required columns refer to."""

_REFERS_TO_IN_BOTH: Mapping[str, tuple[str, ...]] = {
    "courses": ("orgs",),
    "classes": ("academicSessions", "orgs"),
    "users": ("orgs",),
    "enrollments": ("classes", "orgs", "users"),
    "demographics": ("users",),
}

REFERS_TO: Mapping[Release, Mapping[str, tuple[str, ...]]] = {
    Release.V1_1: _REFERS_TO_IN_BOTH,
    Release.V1_2: {**_REFERS_TO_IN_BOTH, "users": ("roles",), "roles": ("users", "orgs")},
}
"""What a bulk file needs as bulk beside it, by its required columns; users of 1.2 are nobody without their roles."""


def find_manifest(names: Sequence[str], unreadable: Sequence[str], findings: Findings) -> str | None:
    """The manifest's name in the archive; None when there is none that can be read, or more than one."""
    found = _by_file(names, [MANIFEST])[MANIFEST]
    if not found and not _by_file(unreadable, [MANIFEST])[MANIFEST]:
        findings.tell(Fault(MANIFEST_FILE, None, None, Code.MANIFEST_MISSING))
    return _only(MANIFEST, found, findings)


def find_files(
    names: Sequence[str], unreadable: Sequence[str], manifest: Manifest, findings: Findings
) -> dict[str, str]:
    """The files to read, in their order, with their names in the archive; `unreadable` have been told."""
    known = (*FILES[manifest.release], *SKIPPED[manifest.release])
    by_file = _by_file(names, (MANIFEST, *known))
    recognized = {name for found in by_file.values() for name in found}
    for name in names:
        if name not in recognized:
            findings.tell(Fault(name, None, None, Code.FILE_UNKNOWN))
    entries = {file: entry for file in known if (entry := _only(file, by_file[file], findings))}
    there = _by_file((*names, *unreadable), known)
    for file, mode in manifest.modes.items():
        if mode is Mode.ABSENT and there[file]:
            findings.tell(Fault(f"{file}{SUFFIX}", None, f"{OF_FILE}{file}", Code.FILE_CALLED_ABSENT))
        if mode is not Mode.ABSENT and not there[file]:
            findings.tell(Fault(f"{file}{SUFFIX}", None, f"{OF_FILE}{file}", Code.FILE_NOT_THERE))
    _find_needs(manifest, findings)
    return {file: entries[file] for file in ORDER if file in entries and _is_read(manifest, file)}


def skipped_files(names: Sequence[str], manifest: Manifest) -> tuple[str, ...]:
    """The names of files that may be there but hold nothing for a roster."""
    by_file = _by_file(names, SKIPPED[manifest.release])
    return tuple(name for found in by_file.values() for name in found)


def _find_needs(manifest: Manifest, findings: Findings) -> None:
    """Whether a whole list has whole lists beside it of what it refers to, and whether there is anything at all."""
    modes = {file: manifest.modes[file] for file in ORDER if file in manifest.modes}
    if modes and all(mode is Mode.ABSENT for mode in modes.values()):
        findings.tell(Fault(MANIFEST_FILE, None, None, Code.NOTHING_TO_READ))
    bulk = [file for file, mode in modes.items() if mode is Mode.BULK]
    needed = {other for file in bulk for other in REFERS_TO[manifest.release].get(file, ())}
    for file in ORDER:
        mode = modes.get(file)
        if file in needed and mode in {Mode.ABSENT, Mode.DELTA}:
            code = Code.FILE_NEEDED if mode is Mode.ABSENT else Code.MODES_MIXED
            findings.tell(Fault(MANIFEST_FILE, None, f"{OF_FILE}{file}", code))


def _is_read(manifest: Manifest, file: str) -> bool:
    return manifest.modes.get(file, Mode.ABSENT) is not Mode.ABSENT


def _by_file(names: Sequence[str], files: Iterable[str]) -> dict[str, list[str]]:
    """The names in the archive that mean a file, in whatever case."""
    keys = {f"{file}{SUFFIX}".casefold(): file for file in files}
    found: dict[str, list[str]] = {file: [] for file in keys.values()}
    for name in names:
        if file := keys.get(name.casefold()):
            found[file].append(name)
    return found


def _only(file: str, found: Sequence[str], findings: Findings) -> str | None:
    """The one name of a file; None when there is none or there are more."""
    if not found:
        return None
    if len(found) > 1:
        findings.tell(Fault(found[1], None, None, Code.FILE_TWICE))
        return None
    if found[0] != f"{file}{SUFFIX}":
        findings.deviates(Repair.FILE_NAME_CASE, Fault(found[0], None, None, Code.FILE_NAME_CASE))
    return found[0]
