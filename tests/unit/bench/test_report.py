"""Where a run of the bench is kept."""

import json
from pathlib import Path

import pytest

from bench.figures import values
from bench.report import BEGIN, END, PAGE, between_marks, write_latest, write_page

ROOT = Path(__file__).parents[3]
FIGURE = values(3, "account row", "writes/s", [(100.0, 90.0)])


def test_rows_not_measured_this_time_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "results" / "latest.json"
    write_latest([values(1, "sender", "mails/s", [(1.0, 2.0)]), FIGURE], path)
    write_latest([values(3, "account row", "writes/s", [(100.0, 50.0)])], path)
    records = json.loads(path.read_text())
    assert [(record["row"], record["ratio"]) for record in records] == [(1, 2), (3, 0.5)]
    assert all("cores" in record["machine"] for record in records)


def test_the_page_gets_the_table_between_its_marks_and_keeps_the_rest(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Speed\n{BEGIN}old\n{END}The end.\n")
    write_page([FIGURE], command="make bench", parts="PostgreSQL 18", path=page)
    text = page.read_text()
    assert text.startswith(f"# Speed\n{BEGIN}")
    assert text.endswith(f"{END}The end.\n")
    assert "old" not in text
    assert "PostgreSQL 18, `make bench`:" in text
    assert "| 3 | account row | 100 | 90.0 |" in text


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="once, in this order"):
        between_marks(page, "words")


def test_the_page_of_the_project_has_them() -> None:
    assert "words" in between_marks((ROOT / PAGE).read_text(), "words")
