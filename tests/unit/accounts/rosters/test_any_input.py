"""Whatever comes as an export is read or refused: no input raises anything."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.accounts.rosters.exports import Export, good_export, read

from accounts.domain.oneroster.files import FILES, Release

GOOD = {release: good_export(release) for release in Release}

Write = Callable[[bytes], Path]

on_disk = settings(deadline=None)  # a busy disk is no fault


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes an archive in place of the one before."""
    path = tmp_path_factory.mktemp("any") / "export.zip"

    def write(content: bytes) -> Path:
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Export], Path]:
    """Zips an export in place of the one before."""
    path = tmp_path_factory.mktemp("zipped") / "export.zip"
    return lambda export: export.zipped(path)


@pytest.fixture(scope="module")
def good_zip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A zip that is right."""
    return GOOD[Release.V1_2].zipped(tmp_path_factory.mktemp("good") / "export.zip").read_bytes()


@on_disk
@given(content=st.binary(max_size=2000), prefix=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]))
def test_any_bytes_are_refused_as_a_zip(content: bytes, prefix: bytes, write: Write) -> None:
    found = read(write(prefix + content))
    assert found.findings.refused
    assert found.rows == {}


@on_disk
@given(data=st.data(), lenient=st.booleans())
def test_a_zip_with_some_bytes_changed_is_read_or_refused(
    data: st.DataObject, lenient: bool, good_zip: bytes, write: Write
) -> None:
    changed = bytearray(good_zip)
    places = st.integers(0, len(good_zip) - 1)
    directory = st.integers(good_zip.index(b"PK\x01\x02"), len(good_zip) - 1)
    for place in data.draw(st.lists(st.one_of(places, directory), min_size=1, max_size=8)):
        changed[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(changed)), st.integers(0, len(changed))))
    read(write(bytes(changed[:end])), lenient=lenient)


@on_disk
@given(
    content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)),
    name=st.sampled_from(["manifest.csv", "orgs.csv", "users.csv"]),
    with_header=st.booleans(),
    lenient=st.booleans(),
)
def test_any_bytes_as_a_file_are_read_or_refused(
    content: bytes, name: str, with_header: bool, lenient: bool, zipped: Callable[[Export], Path]
) -> None:
    good = GOOD[Release.V1_2]
    header = good.files[name].split(b"\r\n")[0] + b"\r\n" if with_header else b""
    read(zipped(good.put(name, header + content)), lenient=lenient)


columns = st.sampled_from(
    [(release, name, column) for release in Release for name, file in FILES[release].items() for column in file.header]
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from(["true", "TRUE", "2026-09-01", "1.9.2026", " a , b ", "a,b", "active", "=1+1", "teacher", "2027"]),
    st.dates().map(str),
    st.datetimes().map(lambda instant: f"{instant.isoformat()}Z"),
)


@on_disk
@given(where=columns, text=texts, delta=st.booleans())
def test_any_text_in_any_column_is_read_or_told_in_its_place(
    where: tuple[Release, str, str], text: str, delta: bool, zipped: Callable[[Export], Path]
) -> None:
    release, name, column = where
    good = GOOD[release].all_delta() if delta else GOOD[release]
    path = zipped(good.cell(f"{name}.csv", column, text))
    strict, lenient = read(path), read(path, lenient=True)
    for fault in strict.faults:
        assert (fault.file, fault.row, fault.column in {column, "endDate"}) == (f"{name}.csv", 2, True)
    if not strict.findings.refused:
        assert not lenient.faults
        assert not lenient.findings.repairs
        assert lenient.rows == strict.rows
    assert len(lenient.faults) <= len(strict.faults)
    left_out = {row.row for row in lenient.findings.left_out}
    assert left_out == {fault.row for fault in lenient.faults}


@on_disk
@given(
    names=st.lists(
        st.one_of(
            st.sampled_from(["orgs.csv", "ORGS.csv", "results.csv", "a/b", "/", "..", "C:x", "x.zip", "manifest.csv/"]),
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
        ),
        max_size=5,
        unique=True,
    ),
    with_manifest=st.booleans(),
)
def test_any_names_of_files_are_told_or_read(
    names: list[str], with_manifest: bool, zipped: Callable[[Export], Path]
) -> None:
    files = {name.split("\0")[0] or "x": b"x" for name in names}
    if with_manifest:
        files["manifest.csv"] = GOOD[Release.V1_2].files["manifest.csv"]
    assert read(zipped(Export(Release.V1_2, files))).findings.refused
