"""Where demos of one checkout write their report."""

from pathlib import Path

import pytest

from devstack.demo.report import place_of_report, write_report
from devstack.demo.steps import Step


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "of the checkout" / "demo.json"


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
