"""Row 2: from the events in Kafka to the relay's acceptance, one worker and one sender; beside it aiosmtplib."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bench.figures import Figure, Goal, rates, values
from bench.ground import Ground
from bench.mails import ACTIVATION
from bench.pipeline import SIGN_IN, pipeline
from bench.plan import Plan

GOAL = Goal(0.7, shared=0.4)
ALLOWED_MEGABYTES = 150.0
MEMORY_GOAL = Goal(1.0, at_most=True)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row. At length a run of a million follows, in which the memory is looked at."""
    count = plan.of(20_000, 3_000)
    async with pipeline(ground, prefix=ground.prefix()) as ours:
        runs = await plan.alternate(lambda: ours.raw(count, SIGN_IN), lambda: ours.sign_ins(count))
        yield rates(2, "Kafka to accepted, sign-ins / aiosmtplib, ready-made", "mails/s", runs, goal=GOAL)
        some, few = plan.of(10_000, 1_000), replace(plan, runs=plan.of(plan.runs, 1))
        runs = await few.alternate(lambda: ours.raw(some, ACTIVATION), lambda: ours.registrations(some))
        yield rates(2, "registrations: sealed address and token, the terms attached", "mails/s", runs)
        if plan.long:
            count = plan.of(1_000_000, 100_000)
            await ours.sign_ins(count)
        for name, most in ours.memory.most.items():
            label = f"memory of the {name}, from mail 10,000 to {count:,} / what is allowed"
            yield values(2, label, "MB", [(ALLOWED_MEGABYTES, most)], goal=MEMORY_GOAL)
