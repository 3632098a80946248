"""`make district` says in one line what is wrong, and else what it wrote."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devstack.district import __main__


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """The command's exit code."""
    monkeypatch.setattr(sys, "argv", ["district", *options])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--students=0", "STUDENTS=0: a district has at least 1 student"),
        ("--students=-5", "STUDENTS=-5: a district has at least 1 student"),
        ("--schools=0", "SCHOOLS=0: a district has at least 1 school"),
        ("--schools=-1", "SCHOOLS=-1: a district has at least 1 school"),
        (
            "--students=3 --schools=4",
            "SCHOOLS=4: no school is empty, so say at most STUDENTS=3, or more students",
        ),
        ("--release=1.3", "RELEASE=1.3: there are 1.1 and 1.2"),
        ("--release=", "RELEASE=: there are 1.1 and 1.2"),
        ("--changes=0", "CHANGES=0: say a percentage above 0 and up to 50, or nothing for bulk"),
        ("--changes=50.5", "CHANGES=50.5: say a percentage above 0 and up to 50, or nothing for bulk"),
        ("--changes=-1", "CHANGES=-1: say a percentage above 0 and up to 50, or nothing for bulk"),
        ("--changes=nan", "CHANGES=nan: say a percentage above 0 and up to 50, or nothing for bulk"),
        ("--year=26", "YEAR=26: say the year of its September, 2000 to 2099"),
        ("--students=many", "Invalid value for '--students': "),
        ("--students=2.5", "Invalid value for '--students': "),
        ("--teachers=5", "No such option: --teachers"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: str,
    complaint: str,
) -> None:
    out = tmp_path / "district.zip"
    out.write_text("an older one")
    assert run(monkeypatch, *options.split(), f"--out={out}") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(complaint)
    assert len(said.err.splitlines()) == 1
    assert out.read_text() == "an older one"
    assert list(tmp_path.iterdir()) == [out]


def test_a_place_where_nothing_can_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, f"--out={tmp_path / 'missing' / 'district.zip'}") == 2
    missing = tmp_path / "missing"
    assert capsys.readouterr().err == (
        f"OUT={missing / 'district.zip'}: there is no folder {missing}; make it, or name another\n"
    )
    assert run(monkeypatch, f"--out={tmp_path}") == 2
    assert capsys.readouterr().err == (
        f"OUT={tmp_path}: this is a folder; name a file in it, like {tmp_path / 'district.zip'}\n"
    )
    assert not list(tmp_path.iterdir())


def test_what_was_there_stays_when_there_is_no_room_for_another(tmp_path: Path) -> None:
    out = tmp_path / "district.zip"
    out.write_text("an older one")
    begin = 'ulimit -f 40 && exec "$0" -m devstack.district --students=300 --schools=2 --out="$1"'
    command = ["/bin/sh", "-c", begin, sys.executable, str(out)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 2
    assert made.stderr == f"OUT={out}: it cannot be written (File too large); make room there, or name another place\n"
    assert out.read_text() == "an older one"
    assert list(tmp_path.iterdir()) == [out]


def test_it_tells_how_many_rows_it_wrote(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devstack.district", "--students=60", "--schools=2", "--out=made.zip"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert made.stderr == ""
    said = dict(re.findall(r"(\w+\.csv|together) *│ *([\d,]+)", made.stdout))
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        rows = {name: archive.read(name).count(b"\r\n") - 1 for name in archive.namelist() if name != "manifest.csv"}
    assert said.pop("together") == f"{sum(rows.values()):,}"
    assert said == {name: f"{count:,}" for name, count in rows.items()}
    assert re.search(r"^made\.zip: [\d.]+ kB in [\d.]+ s, [\d,]+ rows a second\.$", made.stdout, re.MULTILINE)
