"""Row 5: seconds from the commit to the relay's acceptance, at seven tenths of the rate that row 2 reaches."""

from collections.abc import AsyncIterator

from bench.chain import chain
from bench.figures import Figure, Goal, percentile, values
from bench.ground import Ground
from bench.plan import Plan

LOAD = 0.7
ALLOWED_SECONDS = 1.0
GOAL = Goal(1.0, at_most=True)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row."""
    seconds = plan.of(20, 5)
    halves, tails = [], []
    async with chain(ground) as ours:
        burst = await ours.pipeline.sign_ins(plan.of(10_000, 2_000))
        rate = burst.rate * LOAD
        for _ in range(plan.runs):
            await ours.pipeline.forget()
            taken = await ours.sign_ins(int(rate * seconds), rate)
            halves.append((ALLOWED_SECONDS, percentile(taken, 0.5)))
            tails.append((ALLOWED_SECONDS, percentile(taken, 0.99)))
    yield values(5, f"commit to accepted at {rate:,.0f} a second, p50 / a second", "s", halves)
    yield values(5, f"commit to accepted at {rate:,.0f} a second, p99 / a second", "s", tails, goal=GOAL)
