"""Where a run is kept."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.chaos.report import BEGIN, FAULTS, PAGE, STORM_BEGINS, STORM_ENDS, Line, write, write_page, write_storm
from tests.chaos.verdict import NOTHING_YET

VERDICT = replace(NOTHING_YET, accepted=7, mailed=7, repeats=1, repeats_allowed=2, refused=Counter({502: 3, 503: 4}))
STORM = Line.of(1, "storm of 3 kills, seed 5", VERDICT, 2.04, {"kafka": 2, "postgres": 1})


def test_a_line_finds_its_way_to_the_report_and_is_kept(tmp_path: Path) -> None:
    assert Line(**json.loads(STORM.as_json())) == STORM
    write([STORM], tmp_path / "kept" / "chaos.json")
    (kept,) = json.loads((tmp_path / "kept" / "chaos.json").read_text())
    assert (kept["number"], kept["refused"], kept["seconds"], kept["hits"]) == (1, 7, 2.0, {"kafka": 2, "postgres": 1})


def test_the_page_of_the_project_gets_the_table_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    page.write_text((Path(__file__).parents[2] / PAGE).read_text())
    write_page([replace(STORM, number=18, what="SIGTERM", hits={}), STORM], page)
    text = page.read_text()
    assert text.startswith("# What it survives")
    table = text.partition(BEGIN)[2]
    assert "| 1 | storm of 3 kills, seed 5 | 7 | 7 | 1 | 2 | 0 | 7 | 0 | 2.0 |\n| 18 | SIGTERM |" in table
    assert "The storm of 3 kills, seed 5: kafka 2, postgres 1." in table


def test_a_long_storm_gets_its_own_place_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    page.write_text((Path(__file__).parents[2] / PAGE).read_text())
    write_storm(STORM, "make chaos KILLS=1000 SEED=5", page)
    told = page.read_text().partition(STORM_BEGINS)[2].partition(STORM_ENDS)[0]
    assert "`make chaos KILLS=1000 SEED=5`" in told
    assert "| 1 | storm of 3 kills, seed 5 | 7 | 7 | 1 | 2 | 0 | 7 | 0 | 2.0 |" in told
    assert BEGIN in page.read_text()


def test_a_full_run_shows_every_fault_that_there_is_a_trial_of() -> None:
    words = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    told = {int(number) for number in re.findall(r"(?:trials\.run|Line\.of)\(\s*(\d+),", words)}
    assert told | {8, 9} == FAULTS  # two faults of one trial, which is given their numbers
