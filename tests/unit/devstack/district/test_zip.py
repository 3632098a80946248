"""The zip is the same bytes for the same district, is in its place only when it is whole, and is made as a stream."""

import csv
import os
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.domain.oneroster.files import Release
from devstack.district.plan import Plan
from devstack.district.writing import PlaceError, write_district

PLAN = Plan(120, 3)


def bytes_of(folder: Path, plan: Plan) -> bytes:
    out = folder / "made.zip"
    write_district(plan, out)
    return out.read_bytes()


@pytest.mark.parametrize("changes", [None, 5.0])
def test_the_same_district_is_the_same_bytes(tmp_path: Path, changes: float | None) -> None:
    plan = replace(PLAN, changes=changes)
    assert bytes_of(tmp_path, plan) == bytes_of(tmp_path, plan)


def test_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from devstack.district.plan import Plan;"
        "from devstack.district.writing import write_district;"
        "write_district(Plan(120, 3, changes=5.0), Path(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(tmp_path / f"{seed}.zip")]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"}, check=True)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, seed=2),
        replace(PLAN, students=121),
        replace(PLAN, schools=4),
        replace(PLAN, year=2027),
        replace(PLAN, release=Release.V1_1),
        replace(PLAN, changes=5.0),
    ],
    ids=["seed", "students", "schools", "year", "release", "changes"],
)
def test_another_district_is_other_bytes(tmp_path: Path, other: Plan) -> None:
    assert bytes_of(tmp_path, PLAN) != bytes_of(tmp_path, other)


def test_another_seed_is_other_people(tmp_path: Path) -> None:
    names = []
    for seed in (1, 2):
        write_district(replace(PLAN, seed=seed), tmp_path / "made.zip")
        with zipfile.ZipFile(tmp_path / "made.zip") as archive:
            rows = csv.DictReader(archive.read("users.csv").decode().splitlines())
        names.append([(row["givenName"], row["familyName"]) for row in rows])
    assert names[0][:100] != names[1][:100]


def test_it_has_flat_names_that_anybody_can_unpack(tmp_path: Path) -> None:
    write_district(PLAN, tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.csv"
        for entry in archive.infolist():
            assert "/" not in entry.filename
            assert entry.filename.endswith(".csv")
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert stat.filemode(entry.external_attr >> 16) == "-rw-r--r--"


def test_its_files_are_as_rfc_4180_has_them(tmp_path: Path) -> None:
    write_district(PLAN, tmp_path / "made.zip")
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8")
            assert not text.startswith("\ufeff")
            assert text.endswith("\r\n")
            assert text.count("\n") == text.count("\r\n") == text.count("\r")
        orgs = archive.read("orgs.csv").decode().splitlines()
        users = archive.read("users.csv").decode()
    assert orgs[2] == 'school-1,,,"Szkoła Podstawowa nr 1 ""Pod Lipą""",school,1,district'
    assert ',"adult-' in users, "a list with a comma stands in quotes"


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "district.zip"
    out.write_text("an older one")
    write_district(PLAN, out)
    assert zipfile.is_zipfile(out)
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_is_no_place_for_it(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing" / "district.zip"):
        with pytest.raises(PlaceError):
            write_district(PLAN, place)
    assert not list(tmp_path.iterdir())


def test_memory_does_not_grow_with_the_number_of_schools(tmp_path: Path) -> None:
    def peak(schools: int) -> int:
        tracemalloc.start()
        write_district(Plan(schools * 100, schools), tmp_path / "made.zip")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)  # names are looked up for the first time
    assert peak(20) < peak(5) * 1.3
