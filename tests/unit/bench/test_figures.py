"""The lines of the bench's table say what the runs say."""

import pytest

from bench.effort import Effort
from bench.figures import Goal, percentile, rates, values
from bench.table import markdown, number

RUNS = [
    (Effort(100, 1.0, 0.5), Effort(100, 2.0, 1.0)),
    (Effort(100, 1.0, 0.7), Effort(100, 1.0, 3.0)),
    (Effort(100, 4.0, 0.6), Effort(100, 2.0, 2.0)),
]


def test_a_line_has_the_medians_of_both_sides_and_of_the_ratios_run_by_run() -> None:
    figure = rates(1, "one sender", "mails/s", RUNS)
    assert (figure.raw, figure.ours) == (100, 50)
    assert figure.ratio == 1.0, "the median of 0.5, 1 and 2, not the ratio of the medians"
    assert figure.spread == (0.5, 2.0)
    assert figure.runs == 3
    assert (figure.raw_cpu, figure.ours_cpu) == (0.006, 0.02)


def test_what_a_side_prints_is_read_as_it_was() -> None:
    effort = Effort(3, 1.5, 0.25)
    assert Effort.from_line(effort.line()) == effort


@pytest.mark.parametrize("line", ["", "Traceback", "{}", '{"items": 1}'])
def test_what_no_side_prints_is_refused(line: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Effort.from_line(line)


def test_a_goal_is_lower_where_the_processes_share_two_cores() -> None:
    goal = Goal(0.7, shared=0.4)
    assert goal.reached(0.5, cores=2)
    assert not goal.reached(0.5, cores=4)
    assert (goal.words(2), goal.words(4)) == (">= 0.4", ">= 0.7")


def test_a_goal_may_be_a_limit() -> None:
    goal = Goal(1.3, at_most=True)
    assert goal.reached(1.2, cores=4)
    assert not goal.reached(1.4, cores=4)
    assert goal.words(4) == "<= 1.3"


def test_percentiles_are_values_that_were_measured() -> None:
    measured = [float(value) for value in range(1, 101)]
    assert (percentile(measured, 0.5), percentile(measured, 0.99), percentile([7.0], 0.99)) == (51, 100, 7)
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_record_names_what_readers_of_the_file_look_for() -> None:
    record = values(5, "p99", "s", [(1.0, 0.5)], goal=Goal(1.0, at_most=True)).record()
    assert record.keys() >= {"row", "name", "unit", "raw", "ours", "ratio", "runs", "cores"}
    assert (record["ratio"], record["goal"], record["reached"]) == (0.5, "<= 1", True)


def test_the_table_for_the_page_has_a_line_for_each_figure() -> None:
    lines = markdown([values(5, "p99", "s", [(1.0, 0.0534)], goal=Goal(1.0, at_most=True))]).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("| 5 | p99 | 1.00 | 0.053 | s | 0.05 |")
    assert "<= 1 yes" in lines[2]


@pytest.mark.parametrize(
    ("value", "shown"), [(12_345.6, "12,346"), (99.94, "99.9"), (2.345, "2.35"), (0.1234, "0.123")]
)
def test_a_value_has_as_many_digits_as_mean_something(value: float, shown: str) -> None:
    assert number(value) == shown
