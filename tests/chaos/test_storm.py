"""Kills upon kills: whatever dies whenever, what was accepted is mailed once."""

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.report import Line
from tests.chaos.storm import Storm
from tests.chaos.trial import Trials
from tests.chaos.verdict import NOTHING_YET

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_what_was_accepted_is_mailed_once_in_a_storm_of_kills(
    trials: Trials, capsys: pytest.CaptureFixture[str]
) -> None:
    storm = Storm(trials, EXTENT.seed)
    total = NOTHING_YET
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with capsys.disabled(), Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("kills", total=EXTENT.kills)
            async for verdict in storm.rage(EXTENT.kills):
                total = total.and_then(verdict)
                progress.update(task, completed=storm.hits.total())
                assert not verdict.faults, "\n".join(verdict.faults[:20])
    except BaseException as error:
        error.add_note(f"After {storm.hits.total()} kills, {dict(storm.hits)}. The same storm again: {EXTENT.storm}")
        raise
    what = f"storm of {EXTENT.kills} kills, seed {EXTENT.seed}"
    trials.tell(Line.of(1, what, total, max(storm.settling), storm.hits))
