"""Archives that are none, or harmful: each is refused with its reason, and nothing is read beyond the limits."""

import io
import os
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.accounts.rosters.exports import good_export, read

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.files import Release
from accounts.rosters.archive import open_archive
from accounts.rosters.metered import MIB, Limits, Meter, MeteredFile, Unreadable


def no_zip(content: bytes) -> Callable[[Path], None]:
    """Writes a file that is something else."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def zip_of(*names: str, method: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], None]:
    """Writes a zip of files with these names."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as zipped:
            for name in names:
                zipped.writestr(name, "x")

    return write


def tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("orgs.csv"), io.BytesIO())


def cut(path: Path) -> None:
    good_export().zipped(path)
    path.write_bytes(path.read_bytes()[:-200])


def without_its_beginning(path: Path) -> None:
    good_export().zipped(path)
    content = path.read_bytes()
    path.write_bytes(content[:100] + content[400:])


def with_a_large_directory(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as zipped:
        for number in range(20):
            entry = zipfile.ZipInfo(f"{number}.csv")
            entry.comment = b"x" * 60_000
            zipped.writestr(entry, "")


WHOLE = [
    ("an empty file", no_zip(b""), Code.EMPTY),
    ("a zip of nothing", zip_of(), Code.EMPTY),
    ("some bytes", no_zip(bytes(range(256)) * 10), Code.NOT_A_ZIP),
    ("a CSV", no_zip(b"sourcedId,status\r\n"), Code.NOT_A_ZIP),
    ("a tar", tar, Code.NOT_A_ZIP),
    ("a gzip", no_zip(b"\x1f\x8b\x08\x00" + bytes(100)), Code.NOT_A_ZIP),
    ("a page", no_zip(b"\xef\xbb\xbf \r\n<!DOCTYPE html><html>"), Code.WEB_PAGE),
    ("a page without a type", no_zip(b"<html lang='pl'>"), Code.WEB_PAGE),
    ("an old spreadsheet", no_zip(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), Code.SPREADSHEET),
    ("Excel's spreadsheet", zip_of("[Content_Types].xml", "xl/workbook.xml"), Code.SPREADSHEET),
    ("LibreOffice's spreadsheet", zip_of("mimetype", "content.xml", "meta.xml"), Code.SPREADSHEET),
    ("a zip that is cut", cut, Code.TRUNCATED),
    ("the beginning of a zip", no_zip(b"PK\x03\x04"), Code.TRUNCATED),
    (
        "more files than there are in the standard",
        zip_of(*(f"{number}.csv" for number in range(101))),
        Code.TOO_MANY_FILES,
    ),
    ("a directory of a megabyte", with_a_large_directory, Code.TOO_MANY_FILES),
    ("nothing there", lambda _: None, Code.CANNOT_BE_OPENED),
    ("an empty folder", lambda path: path.mkdir(), Code.EMPTY),
    ("a pipe", os.mkfifo, Code.NO_PLAIN_FILE),
]


@pytest.mark.parametrize(("write", "code"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
def test_what_is_no_export_is_refused_as_a_whole(write: Callable[[Path], None], code: Code, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    write(path)
    found = read(path)
    assert [(fault.file, fault.row, fault.code) for fault in found.faults] == [(None, None, code)]
    assert found.rows == {}
    assert found.findings.refused


def test_a_zip_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = good_export().zipped(tmp_path / "export.zip")
    assert read(path, limits=Limits(archive=500)).codes == [Code.TOO_LARGE]


def test_files_that_are_too_large_by_what_they_say_are_not_read(tmp_path: Path) -> None:
    path = good_export().zipped(tmp_path / "export.zip")
    assert read(path, limits=Limits(all_files=1000)).codes == [Code.TOO_LARGE]
    assert (read(path, limits=Limits(file=300)).faults[0].code) is Code.TOO_LARGE


NAMES = [
    ("../orgs.csv", "../orgs.csv", Code.NAME_UNSAFE),
    ("/orgs.csv", "/orgs.csv", Code.NAME_UNSAFE),
    ("a/../../orgs.csv", "a/../../orgs.csv", Code.NAME_UNSAFE),
    ("C:orgs.csv", "C:orgs.csv", Code.NAME_UNSAFE),
    ("..\\orgs.csv", "..\\orgs.csv", Code.NAME_UNSAFE),
    ("roster\\orgs.csv", "roster\\orgs.csv", Code.NAME_UNSAFE),
    ("old/orgs.csv", "old/", Code.IN_FOLDER),
    ("old/", "old/", Code.IN_FOLDER),
    ("__MACOSX/._orgs.csv", "__MACOSX/", Code.IN_FOLDER),
    ("export.zip", "export.zip", Code.ARCHIVE_WITHIN),
    ("more.TAR.GZ", "more.TAR.GZ", Code.ARCHIVE_WITHIN),
]


@pytest.mark.parametrize(("name", "told", "code"), NAMES)
def test_a_file_by_a_harmful_name_is_not_read(name: str, told: str, code: Code, tmp_path: Path) -> None:
    found = read(good_export().put(name, "x").zipped(tmp_path / "export.zip"))
    assert [(fault.file, fault.code) for fault in found.faults] == [(told, code)]
    assert len(found.rows["orgs"]) == 2


def test_a_name_with_a_nul_is_not_read(tmp_path: Path) -> None:
    path = good_export().put("orgsX.csv", "x").zipped(tmp_path / "export.zip")
    path.write_bytes(path.read_bytes().replace(b"orgsX.csv", b"orgs\0.csv"))
    (fault,) = read(path).faults
    assert (fault.file, fault.code) == ("orgs\\x00.csv", Code.NAME_UNSAFE)


def test_a_folder_is_told_once_whatever_lies_in_it(tmp_path: Path) -> None:
    export = good_export().put("old/", "").put("old/a.csv", "x").put("old/b/c.csv", "x")
    assert read(export.zipped(tmp_path / "export.zip")).codes == [Code.IN_FOLDER]


@pytest.mark.parametrize("more", [{}, {"roster/": b""}, {"__MACOSX/roster/._orgs.csv": b""}, {".DS_Store": b""}])
def test_a_folder_around_everything_is_told_with_its_mend(more: dict[str, bytes], tmp_path: Path) -> None:
    good = good_export()
    for name in good.files:
        good = good.named(name, f"roster/{name}")
    for name, content in more.items():
        good = good.put(name, content)
    found = read(good.zipped(tmp_path / "export.zip"))
    wrapped = next(fault for fault in found.faults if fault.code is Code.ALL_IN_FOLDER)
    assert wrapped.file == "roster/"
    assert "Zip the files" in wrapped.code.sentence
    assert Code.MANIFEST_MISSING not in found.codes


def test_the_same_file_twice_is_not_read(tmp_path: Path) -> None:
    path = good_export().put("demographicz.csv", "x").zipped(tmp_path / "export.zip")
    path.write_bytes(path.read_bytes().replace(b"demographicz.csv", b"demographics.csv"))
    (fault,) = read(path).faults
    assert (fault.file, fault.code) == ("demographics.csv", Code.FILE_TWICE)


def test_an_encrypted_file_is_not_read(tmp_path: Path) -> None:
    path = good_export().zipped(tmp_path / "export.zip")
    path.write_bytes(_encrypted(path.read_bytes(), b"orgs.csv"))
    found = read(path)
    assert [(fault.file, fault.code) for fault in found.faults] == [("orgs.csv", Code.ENCRYPTED)]


def test_an_encrypted_manifest_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    path = good_export().zipped(tmp_path / "export.zip")
    path.write_bytes(_encrypted(path.read_bytes(), b"manifest.csv"))
    assert read(path).codes == [Code.ENCRYPTED]


def _encrypted(content: bytes, name: bytes) -> bytes:
    """The zip with the bit of an encrypted entry set in its directory."""
    changed = bytearray(content)
    place = content.index(name, content.index(b"PK\x01\x02")) - 46
    assert changed[place : place + 4] == b"PK\x01\x02"
    changed[place + 8] |= 1
    return bytes(changed)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = good_export().without("orgs.csv").zipped(tmp_path / "export.zip")
    link = zipfile.ZipInfo("orgs.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(link, "/etc/passwd")
    found = read(path)
    assert [(fault.file, fault.code) for fault in found.faults] == [("orgs.csv", Code.SYMBOLIC_LINK)]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_unpacks_without_a_bound_is_not_used(method: int, tmp_path: Path) -> None:
    path = good_export().without("orgs.csv").zipped(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("orgs.csv", "x" * 100, compress_type=method)
    assert read(path).codes == [Code.COMPRESSION_UNKNOWN]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    export = good_export().put("orgs.csv", b" " * (3 * MIB))
    found = read(export.zipped(tmp_path / "export.zip"))
    assert [(fault.file, fault.code) for fault in found.faults] == [("orgs.csv", Code.TOO_COMPRESSED)]


def test_a_bomb_that_says_it_is_small_is_not_unpacked_beyond_what_it_says(tmp_path: Path) -> None:
    size = 3 * MIB
    path = good_export().put("orgs.csv", b"a" * size).zipped(tmp_path / "export.zip")
    content = path.read_bytes()
    assert content.count(size.to_bytes(4, "little")) == 2
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (5000).to_bytes(4, "little")))
    found = read(path)
    assert ("orgs.csv", Code.DAMAGED) in [(fault.file, fault.code) for fault in found.faults]


def test_what_is_really_read_is_counted() -> None:
    meter = Meter(Limits(file=1000, all_files=1500))
    with MeteredFile(io.BytesIO(bytes(900)), meter, packed=None) as file:
        assert len(file.read()) == 900
    with MeteredFile(io.BytesIO(bytes(1001)), Meter(Limits(file=1000)), packed=None) as file:
        with pytest.raises(Unreadable) as one_too_large:
            file.read()
        assert one_too_large.value.code is Code.TOO_LARGE
    with MeteredFile(io.BytesIO(bytes(601)), meter, packed=None) as file:
        with pytest.raises(Unreadable) as all_too_large:
            file.read()
        assert all_too_large.value.code is Code.TOO_LARGE
    with MeteredFile(io.BytesIO(bytes(2 * MIB)), Meter(Limits()), packed=2000) as file:
        with pytest.raises(Unreadable) as bomb:
            file.read()
        assert bomb.value.code is Code.TOO_COMPRESSED


def test_bytes_that_are_not_those_that_were_packed_are_told(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    good = good_export()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as zipped:
        for name, content in good.files.items():
            zipped.writestr(name, content)
    path.write_bytes(path.read_bytes().replace("Leśny".encode(), "Leśna".encode(), 1))
    found = read(path, lenient=True)
    assert [(fault.file, fault.code) for fault in found.faults] == [("orgs.csv", Code.DAMAGED)]
    assert found.findings.refused


def test_a_zip_with_a_hole_is_told_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    without_its_beginning(path)
    found = read(path)
    assert found.findings.refused
    assert set(found.codes) <= {Code.DAMAGED, Code.TRUNCATED}


@pytest.mark.parametrize("release", Release)
def test_a_folder_is_read_as_a_zip_is(release: Release, tmp_path: Path) -> None:
    in_folder = read(good_export(release).in_folder(tmp_path / "export"))
    zipped = read(good_export(release).zipped(tmp_path / "export.zip"))
    assert in_folder.faults == []
    assert in_folder.rows == zipped.rows


def test_in_a_folder_only_plain_files_are_read(tmp_path: Path) -> None:
    folder = good_export().without("courses.csv").without("demographics.csv").in_folder(tmp_path / "export")
    (folder / "courses.csv").symlink_to("/etc/passwd")
    (folder / "demographics.csv").mkdir()
    (folder / "old").mkdir()
    os.mkfifo(folder / "results.csv")
    (folder / "export.zip").write_bytes(b"")
    told = {(fault.file, fault.code) for fault in read(folder).faults}
    assert told == {
        ("courses.csv", Code.SYMBOLIC_LINK),
        ("demographics.csv", Code.IN_FOLDER),
        ("old", Code.IN_FOLDER),
        ("results.csv", Code.NO_PLAIN_FILE),
        ("results.csv", Code.FILE_CALLED_ABSENT),
        ("export.zip", Code.ARCHIVE_WITHIN),
    }


def test_a_folder_of_everything_is_not_read(tmp_path: Path) -> None:
    folder = good_export().in_folder(tmp_path / "export")
    assert read(folder, limits=Limits(files=5)).codes == [Code.TOO_MANY_FILES]
    assert Code.TOO_LARGE in read(folder, limits=Limits(file=300)).codes


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped, zipped.open("orgs.csv", "w") as bomb:
        for _ in range(32):
            bomb.write(bytes(MIB))
    limits = Limits(growth=10**6)
    with open_archive(path, limits) as archive, archive.open("orgs.csv") as source:
        tracemalloc.start()
        while source.readline(1 << 16):
            continue
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MIB
