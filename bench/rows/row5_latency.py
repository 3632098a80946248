"""Row 5: seconds from the commit to the relay's acceptance, at seven tenths of what the whole way can do."""

from collections.abc import AsyncIterator, Sequence
from statistics import median

from bench.chain import chain
from bench.figures import Figure, Goal, percentile, values
from bench.ground import Ground
from bench.plan import Plan
from bench.poison import EVERY

Pair = tuple[float, float]

LOAD = 0.7
BURSTS = 3
"""After a first one, which finds nothing warm."""

ALLOWED_SECONDS = 1.0
GOAL = Goal(1.0, at_most=True)
POISON_GOAL = Goal(1.2, at_most=True)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row."""
    seconds = plan.of(20, 5)
    halves, tails, poisoned = list[Pair](), list[Pair](), list[Pair]()
    async with chain(ground) as ours:
        bursts = [await ours.capacity(plan.of(10_000, 2_000)) for _ in range(1 + BURSTS)]
        rate = median(bursts[1:]) * LOAD
        for run in range(plan.runs):
            taken: dict[bool, Sequence[float]] = {}
            for poison in sorted((False, True), reverse=bool(run % 2)):  # neither is always the first
                await ours.pipeline.forget()
                load = ours.poisoned_sign_ins if poison else ours.sign_ins
                taken[poison] = await load(int(rate * seconds), rate)
            tail = percentile(taken[False], 0.99)
            halves.append((ALLOWED_SECONDS, percentile(taken[False], 0.5)))
            tails.append((ALLOWED_SECONDS, tail))
            poisoned.append((tail, percentile(taken[True], 0.99)))
    yield values(5, f"commit to accepted at {rate:,.0f} a second, p50 / a second", "s", halves)
    yield values(5, f"commit to accepted at {rate:,.0f} a second, p99 / a second", "s", tails, goal=GOAL)
    yield values(5, f"p99 of the others with one poison in {EVERY:,} / without", "s", poisoned, goal=POISON_GOAL)
