"""Row 6, trouble in the lane itself: a school that floods it, a domain that is slow, one that is silent."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from bench.chain import Chain, chain
from bench.figures import Figure, Goal, percentile, values
from bench.ground import Ground
from bench.mails import SQL, InventedMail, invented, queue
from bench.pipeline import SIGN_IN
from bench.plan import NotMeasured, Plan
from bench.sink import Sink
from shared.contracts.topics import Lane
from shared.runtime.sealing import Sealer

RATE = 25.0
FLOOD_GOAL = Goal(1.3, at_most=True, shared=2.0)
DOMAIN_GOAL = Goal(1.2, at_most=True)
TROUBLED = "klopot.example"
SLOW_SECONDS, NEVER = 3.0, 3_600.0
FLOODING = UUID(int=77)

Change = Callable[[InventedMail], InventedMail]


def from_one_school(mail: InventedMail) -> InventedMail:
    """All these mails are one school's."""
    return replace(mail, school_id=FLOODING)


def to_the_domain(mail: InventedMail) -> InventedMail:
    """All these mails go to one domain."""
    return replace(mail, address=f"{mail.address.partition('@')[0]}@{TROUBLED}")


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row: activations in the lane of the trouble, and the same without."""
    flood, few = plan.of(200_000, 30_000), plan.of(5_000, 500)
    async with chain(ground) as ours:
        pairs = await _beside(ours, plan, flood, from_one_school)
    yield _line(f"a school that has {flood:,} mails due in its lane", pairs, FLOOD_GOAL)
    for words, seconds in (("slow", SLOW_SECONDS), ("silent", NEVER)):
        async with _sink(ground, seconds) as sink, chain(ground, sink) as ours:
            pairs = await _beside(ours, plan, few, to_the_domain)
        yield _line(f"{few:,} mails due to a {words} domain", pairs, DOMAIN_GOAL)


async def _beside(ours: Chain, plan: Plan, count: int, change: Change) -> Sequence[tuple[float, float]]:
    """The tails of activations without the trouble and with it, in turn."""
    activations, pairs = plan.of(500, 120), []
    for _ in range(plan.runs):
        await ours.pipeline.forget()
        idle = percentile(await ours.registrations(activations, RATE), 0.99)
        await ours.pipeline.forget()
        connection = ours.pipeline.connection
        mails = (change(mail) for mail in invented(count, SIGN_IN))
        await queue(connection, mails, Sealer(ours.pipeline.ground.keys.sealing_public), lane=Lane.SECURITY)
        await connection.execute("ANALYZE", timeout=600)
        await connection.execute(SQL["open_turns"], Lane.SECURITY)
        pairs.append((idle, percentile(await ours.registrations(activations, RATE), 0.99)))
        if not await connection.fetchval(SQL["left_unsettled"], Lane.SECURITY):
            raise NotMeasured("the mails in trouble were all sent before the activations: nothing was beside them")
    return pairs


def _line(beside: str, pairs: Sequence[tuple[float, float]], goal: Goal) -> Figure:
    return values(6, f"activation, commit to accepted, p99, beside {beside} / without", "s", pairs, goal=goal)


@asynccontextmanager
async def _sink(ground: Ground, seconds: float) -> AsyncIterator[Sink]:
    """One that answers the domain after so many seconds."""
    sink = Sink(ground.folder / f"sink-{seconds:g}", slow=(TROUBLED, seconds))
    await sink.start()
    try:
        yield sink
    finally:
        await sink.stop()
