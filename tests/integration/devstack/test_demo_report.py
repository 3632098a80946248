"""What a demo reports, and where demos of one checkout write it."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from devstack.demo.report import place_of_report, steps_table, write_report
from devstack.demo.steps import Step


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "of the checkout" / "demo.json"


def test_the_table_begins_each_part_once() -> None:
    console = Console(width=120, file=io.StringIO(), record=True)
    told = [(None, "import"), (None, "issue"), ("pl", "register"), ("pl", "link [/now]"), ("uk", "register")]
    console.print(steps_table([Step(language, name, "seen", 1.0) for language, name in told]))
    rows = [re.split(r"\s*│\s*", line)[1:3] for line in console.export_text().splitlines() if "seen " in line]
    assert rows[1:] == [
        ["at the office", "import"],
        ["", "issue"],
        ["in Polish", "register"],
        ["", "link [/now]"],
        ["in Ukrainian", "register"],
    ]


def write(report: Path, step: str) -> None:
    write_report(report, steps=[Step("pl", step, "seen", 1.0)], ready=1.0, first_mail=1.0, memory={})


def test_a_demo_begins_without_the_report_of_an_earlier_one(report: Path) -> None:
    with place_of_report(report):
        write(report, "earlier")
    with place_of_report(report):
        assert not report.exists()


def test_a_demo_leaves_the_report_of_one_that_still_runs(report: Path) -> None:
    with place_of_report(report):
        write(report, "first")
        with place_of_report(report):
            assert "first" in report.read_text()
            write(report, "second")
        assert "second" in report.read_text()
    assert {file.name for file in report.parent.iterdir()} == {"demo.json", "demo.json.lock"}
