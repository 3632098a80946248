"""What people are shown of the findings: the first faults with their mends, how many more, and what was mended."""

import csv
import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from tests.unit.accounts.rosters.exports import good_export, read

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault
from accounts.domain.oneroster.findings import Findings
from accounts.rosters.report import COLUMNS, fault_table, repair_table, write_csv


def printed(table: Table) -> str:
    console = Console(file=io.StringIO(), width=200)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def csv_of(findings: Findings) -> list[list[str]]:
    text = io.StringIO(newline="")
    write_csv(findings, text)
    return list(csv.reader(io.StringIO(text.getvalue(), newline="")))


def test_a_fault_is_shown_with_its_place_and_its_mend(tmp_path: Path) -> None:
    findings = read(good_export().cell("orgs.csv", "type", "skool", line=3).zipped(tmp_path / "export.zip")).findings
    shown = printed(fault_table(findings))
    for part in ("orgs.csv", "3", "type", "org_type_unknown", "skool", Code.ORG_TYPE_UNKNOWN.sentence):
        assert part in shown
    assert "more" not in shown
    assert csv_of(findings) == [
        list(COLUMNS),
        ["orgs.csv", "3", "type", "org_type_unknown", "skool", Code.ORG_TYPE_UNKNOWN.sentence],
    ]


def test_a_fault_of_the_whole_archive_has_no_place(tmp_path: Path) -> None:
    findings = read(tmp_path / "nothing.zip").findings
    assert csv_of(findings)[1] == ["", "", "", "cannot_be_opened", "", Code.CANNOT_BE_OPENED.sentence]


def test_of_many_faults_the_first_fifty_are_shown_and_the_others_counted() -> None:
    findings = Findings(lenient=False, kept=60)
    for row in range(2, 2002):
        findings.tell(Fault("users.csv", row, "email", Code.VALUE_TOO_LONG, "x"))
    shown = printed(fault_table(findings))
    assert "and 1,950 more" in shown
    assert shown.count("users.csv") == 50
    lines = csv_of(findings)
    assert len(lines) == 1 + 60 + 1
    assert lines[-1][:5] == ["users.csv", "", "email", "value_too_long", "1940 more"]


def test_what_was_mended_is_counted(tmp_path: Path) -> None:
    export = good_export().cell("users.csv", "enabledUser", "TRUE").cell("users.csv", "enabledUser", "yes", line=3)
    findings = read(export.zipped(tmp_path / "export.zip"), lenient=True).findings
    shown = printed(repair_table(findings))
    for part in ("users.csv", "enabledUser", "true or false", "2"):
        assert part in shown


@pytest.mark.parametrize("value", ["=HYPERLINK(1)", "+48", "-1", "@x", "=1+1"])
def test_no_value_is_a_formula_in_a_spreadsheet(value: str) -> None:
    findings = Findings(lenient=False)
    findings.tell(Fault(value, 2, value, Code.COLUMN_UNKNOWN, value))
    (_, line) = csv_of(findings)
    assert line[0] == line[2] == line[4] == f"'{value}"


def test_a_value_is_no_markup_on_a_terminal() -> None:
    findings = Findings(lenient=False)
    findings.tell(Fault("[bold]x", 2, "[/red]", Code.COLUMN_UNKNOWN, "[link=file:///]x\x1b[31m"))
    shown = printed(fault_table(findings))
    assert "[bold]x" in shown
    assert "[/red]" in shown
    assert "[link=file:///]x\\x1b[31m" in shown
