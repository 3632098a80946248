"""Manifests that are wrong, or that do not fit the files."""

from tests.unit.accounts.rosters.bad import Bad, Change, swapped
from tests.unit.accounts.rosters.exports import Export

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release


def absent(file: str) -> Change:
    """Without a file, and the manifest says so."""
    return lambda export: export.without(f"{file}.csv").says(f"file.{file}", "absent")


def delta_of(file: str) -> Change:
    """With a file that is a delta."""
    return lambda export: export.delta(file)


MANIFEST = [
    Bad("no manifest", lambda e: e.without("manifest.csv"), "manifest.csv", Code.MANIFEST_MISSING),
    Bad(
        "no version of the manifest",
        lambda e: e.says("manifest.version", None),
        "manifest.csv::manifest.version",
        Code.PROPERTY_MISSING,
    ),
    Bad(
        "a later manifest",
        lambda e: e.swap("manifest.csv", "manifest.version,1.0", "manifest.version,2.0"),
        "manifest.csv:2:manifest.version",
        Code.MANIFEST_VERSION_UNKNOWN,
    ),
    Bad(
        "no release",
        lambda e: e.says("oneroster.version", None),
        "manifest.csv::oneroster.version",
        Code.PROPERTY_MISSING,
    ),
    *(
        Bad(
            f"release {release!r}",
            swapped("manifest.csv", "oneroster.version,1.2", f"oneroster.version,{release}"),
            "manifest.csv:3:oneroster.version",
            Code.RELEASE_UNKNOWN,
        )
        for release in ("", "1.0", "1.3", "1.2.1", "v1.2")
    ),
    Bad(
        "a file of the roster is not named",
        lambda e: e.says("file.users", None),
        "manifest.csv::file.users",
        Code.PROPERTY_MISSING,
    ),
    Bad(
        "an unknown property",
        lambda e: e.swap("manifest.csv", "source.systemName", "source.system"),
        "manifest.csv:25:source.system",
        Code.PROPERTY_UNKNOWN,
    ),
    Bad(
        "roles in 1.1",
        lambda e: e.says("file.roles", "absent"),
        "manifest.csv:19:file.roles",
        Code.PROPERTY_UNKNOWN,
        Release.V1_1,
    ),
    Bad(
        "a property twice",
        lambda e: e.swap("manifest.csv", "file.orgs,bulk\r\n", "file.orgs,bulk\r\nfile.orgs,delta\r\n"),
        "manifest.csv:5:file.orgs",
        Code.PROPERTY_TWICE,
    ),
    *(
        Bad(
            f"mode {mode!r}",
            swapped("manifest.csv", "file.courses,bulk", f"file.courses,{mode}"),
            "manifest.csv:6:file.courses",
            Code.MODE_UNKNOWN,
        )
        for mode in ("", "Bulk", "full")
    ),
    Bad(
        "a property without a value",
        lambda e: e.swap("manifest.csv", "source.systemCode,SEK", "source.systemCode"),
        "manifest.csv:26",
        Code.VALUES_TOO_FEW,
    ),
    Bad(
        "three values",
        lambda e: e.swap("manifest.csv", "source.systemCode,SEK", "source.systemCode,SEK,1"),
        "manifest.csv:26",
        Code.VALUES_TOO_MANY,
    ),
    Bad(
        "a blank in the manifest",
        lambda e: e.swap("manifest.csv", "manifest.version,1.0", "manifest.version, 1.0"),
        "manifest.csv:2:value",
        Code.BLANKS_AROUND,
    ),
    Bad(
        "an empty line in the manifest",
        lambda e: e.swap("manifest.csv", "manifest.version", "\r\nmanifest.version"),
        "manifest.csv:2",
        Code.LINE_EMPTY,
    ),
    Bad(
        "another encoding in the manifest",
        lambda e: e.swap("manifest.csv", b"Sekretariat", "Szkoła".encode("cp1250")),
        "manifest.csv:25:value",
        Code.NOT_UTF8,
    ),
    Bad(
        "a manifest without a header",
        lambda e: e.swap("manifest.csv", "propertyName,value\r\n", ""),
        "manifest.csv:1",
        Code.HEADER_MISSING,
    ),
    Bad("an empty manifest", lambda e: e.put("manifest.csv", ""), "manifest.csv:1", Code.HEADER_MISSING),
    Bad(
        "semicolons in the manifest",
        lambda e: e.put("manifest.csv", e.files["manifest.csv"].replace(b",", b";")),
        "manifest.csv:1",
        Code.SEPARATOR_WRONG,
    ),
    Bad(
        "a name without an end",
        swapped("manifest.csv", "Sekretariat", "Sekretariat" * 30),
        "manifest.csv:25:source.systemName",
        Code.VALUE_TOO_LONG,
    ),
    Bad(
        "a promised file is not there",
        lambda e: e.without("courses.csv"),
        "courses.csv::file.courses",
        Code.FILE_NOT_THERE,
    ),
    Bad(
        "a promised file that is not read is not there",
        lambda e: e.says("file.results", "bulk"),
        "results.csv::file.results",
        Code.FILE_NOT_THERE,
    ),
    Bad(
        "a file that is called absent",
        lambda e: e.says("file.courses", "absent"),
        "courses.csv::file.courses",
        Code.FILE_CALLED_ABSENT,
    ),
    Bad(
        "a file that is not read and called absent",
        lambda e: e.put("results.csv", "sourcedId\r\n"),
        "results.csv::file.results",
        Code.FILE_CALLED_ABSENT,
    ),
    *(
        Bad(f"bulk without {needed}", absent(needed), f"manifest.csv::file.{needed}", Code.FILE_NEEDED)
        for needed in ("orgs", "academicSessions", "classes", "users", "roles")
    ),
    *(
        Bad(f"bulk beside a delta of {needed}", delta_of(needed), f"manifest.csv::file.{needed}", Code.MODES_MIXED)
        for needed in ("orgs", "academicSessions", "classes", "users", "roles")
    ),
    Bad(
        "nothing of a roster",
        lambda e: Export(e.release, {"manifest.csv": e.files["manifest.csv"].replace(b",bulk", b",absent")}),
        "manifest.csv",
        Code.NOTHING_TO_READ,
    ),
]

NAMES = [
    Bad("a file of nobody's", lambda e: e.put("notes.txt", "x"), "notes.txt", Code.FILE_UNKNOWN),
    Bad("a CSV of nobody's", lambda e: e.put("pupils.csv", "x"), "pupils.csv", Code.FILE_UNKNOWN),
    Bad("a file of 1.2 in 1.1", lambda e: e.put("roles.csv", "x"), "roles.csv", Code.FILE_UNKNOWN, Release.V1_1),
    Bad("a name in capitals", lambda e: e.named("orgs.csv", "ORGS.CSV"), "ORGS.CSV", Code.FILE_NAME_CASE),
    Bad(
        "the manifest in capitals",
        lambda e: e.named("manifest.csv", "Manifest.csv"),
        "Manifest.csv",
        Code.FILE_NAME_CASE,
    ),
    Bad("a file in two cases", lambda e: e.put("Orgs.csv", e.files["orgs.csv"]), "Orgs.csv", Code.FILE_TWICE),
    Bad("two manifests", lambda e: e.put("MANIFEST.csv", e.files["manifest.csv"]), "MANIFEST.csv", Code.FILE_TWICE),
]
