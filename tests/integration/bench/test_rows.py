"""Each row of the bench measures both of its sides, on few items: how fast they are is not asked here."""

import asyncio
import math
from collections.abc import Iterator

import pytest

from bench.__main__ import ROWS
from bench.ground import Ground
from bench.plan import Plan

SHARE = {6: 0.1, 8: 0.2}
"""Of a quick run: what is to be beside the activations of row 6 must not be over before them, nor a delta be empty."""

LEAST = 0.02
LINES = {1: 4, 2: 2, 3: 1, 4: 2, 5: 3, 6: 5, 8: 9, 10: 3}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The parts of a bench, of their own: its figures stand on a PostgreSQL that waits for the disk."""
    made = Ground(tmp_path_factory.mktemp("bench"))
    yield made
    asyncio.run(made.stop())


@pytest.mark.parametrize("row", ROWS)
async def test_a_row_measures_both_sides(row: int, ground: Ground) -> None:
    few = Plan(runs=1, quick=True, share=SHARE.get(row, LEAST))
    figures = [figure async for figure in ROWS[row](ground, few)]
    lines = LINES[row] - (row == 1 and (await ground.sink()).tools is None)
    assert len(figures) == lines
    for figure in figures:
        assert figure.row == row
        assert figure.raw > 0
        assert figure.ours > 0
        assert math.isfinite(figure.ratio)
