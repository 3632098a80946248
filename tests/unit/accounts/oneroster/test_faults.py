"""How faults are told and counted, and that every one says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.oneroster.codes import Code
from accounts.domain.oneroster.faults import Fault, shown
from accounts.domain.oneroster.findings import Findings, LeftOut, Mended, Place
from accounts.domain.oneroster.repairs import Repair


@pytest.mark.parametrize("code", Code)
def test_every_code_says_in_sentences_what_is_wrong_and_how_to_mend_it(code: Code) -> None:
    assert code.sentence.count(". ") >= 1
    assert code.sentence.endswith(".")
    assert len(code.sentence) <= 200
    assert code == code.name.lower()


@pytest.mark.parametrize("repair", Repair)
def test_every_repair_says_what_was_done(repair: Repair) -> None:
    assert repair.sentence.endswith(".")
    assert repair == repair.name.lower()


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("Łódź", "Łódź"),
        ("", ""),
        ("a\0b", "a\\x00b"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb", "a\\r\\nb"),
        ("za\udcb3", "za\\xb3"),
        ("\ud800", "\\ud800"),
        ("\u202eabc", "\\u202eabc"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_what_is_shown_is_short_and_visible(text: str, visible: str) -> None:
    assert shown(text) == visible


@given(st.text(st.characters(), max_size=100))
def test_whatever_is_shown_can_be_printed_in_a_line(text: str) -> None:
    fault = Fault(text, 1, text, Code.NUL, text)
    for part in (fault.file, fault.column, fault.value):
        assert part is not None
        assert part.isprintable()
        assert len(part) <= 40


def test_beyond_those_that_are_kept_faults_are_counted_by_file_column_and_code() -> None:
    findings = Findings(lenient=False, kept=2)
    for row in range(2, 7):
        findings.tell(Fault("users.csv", row, "email", Code.NUL))
    assert [fault.row for fault in findings.faults] == [2, 3]
    assert findings.more == {Place("users.csv", "email", Code.NUL): 3}
    assert findings.count == 5


def test_strict_reading_takes_a_deviation_for_a_fault_and_lenient_reading_mends_it() -> None:
    fault = Fault("users.csv", 1, "email", Code.COLUMN_CASE)
    strict, lenient = Findings(lenient=False), Findings(lenient=True)
    strict.deviates(Repair.COLUMN_CASE, fault)
    lenient.deviates(Repair.COLUMN_CASE, fault)
    assert (strict.faults, strict.refused) == ([fault], True)
    assert (lenient.faults, lenient.refused) == ([], False)
    assert lenient.repairs == {Mended("users.csv", "email", Repair.COLUMN_CASE): 1}


def test_a_roster_of_which_too_much_would_be_left_out_is_refused() -> None:
    findings = Findings(lenient=True, kept=2)
    for row in range(2, 5):
        assert not findings.refused
        findings.bad_row(LeftOut("users.csv", row, "u"), [Fault("users.csv", row, "email", Code.NUL)])
    assert findings.refused
    assert findings.more[Place("users.csv", None, Code.TOO_MANY_LEFT_OUT)] == 1
    assert len(findings.left_out) == 2
