"""Row 10: what a mail costs the database when it holds a hundred times, or a thousand times, as much."""

from collections.abc import AsyncIterator, Sequence

from bench.effort import Effort
from bench.figures import Figure, Goal, values
from bench.ground import Ground
from bench.plan import Plan
from bench.standing import LEAST, Standing, standing

GOAL = Goal(1.2, at_most=True)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row: microseconds a mail, many and few in turn."""
    some, due, sent = (
        max(plan.of(full, quick), LEAST) for full, quick in ((10_000, 5_000), (1_000_000, 20_000), (10_000_000, 50_000))
    )
    async with standing(ground, due=some, sent=some) as few, standing(ground, due=due, sent=sent) as many:
        await _goes(few)
        await _goes(many)
        runs = [(await _goes(few), await _goes(many)) for _ in range(plan.runs)]
    what = f"{due:,} due and {sent:,} sent / {some:,} of both"
    for number, name in enumerate(("claim", "record", "dedup check")):
        pairs = [(raw[number].seconds * 1e6, ours[number].seconds * 1e6) for raw, ours in runs]
        yield values(10, f"{name}: {what}", "µs a mail", pairs, goal=GOAL)


async def _goes(place: Standing) -> Sequence[Effort]:
    return [*await place.claims_and_records(), await place.repeats()]
