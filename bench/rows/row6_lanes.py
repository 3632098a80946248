"""Row 6: how long an activation takes while others have much to do; beside it the same while nobody has."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from bench.chain import Chain, chain
from bench.figures import Figure, Goal, percentile, values
from bench.ground import Ground
from bench.mails import NOTICES, SQL, invented, queue
from bench.plan import NotMeasured, Plan
from bench.roster import Import
from bench.rows import row6_trouble
from shared.contracts.topics import Lane
from shared.runtime.sealing import Sealer

GOAL = Goal(1.3, at_most=True, shared=2.0)
RATE = 25.0


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row."""
    async for figure in _other_lanes(ground, plan):
        yield figure
    async for figure in row6_trouble.measure(ground, plan):
        yield figure


async def _other_lanes(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """Much to do in other lanes. Idle is measured first: the queue is filled once, as that takes longest."""
    backlog, activations = plan.of(1_000_000, 100_000), plan.of(500, 120)
    async with chain(ground) as ours:
        idle = await _tails(ours, plan, activations)
        await _fill_queue(ours, backlog)
        beside = await _tails(ours, plan, activations)
        if not await ours.pipeline.connection.fetchval(SQL["left_in_queue"], Lane.BULK):
            raise NotMeasured("the bulk mails were all sent before the activations: there was no backlog beside them")
        await ours.pipeline.forget()
        yield _line(f"beside {backlog:,} bulk mails queued", idle, beside)
        beside = await _tails_beside_import(ours, plan, activations, rows=backlog)
        yield _line(f"beside {backlog:,} rows of a roster import that goes on", idle, beside)


def _line(name: str, idle: Sequence[float], beside: Sequence[float]) -> Figure:
    runs = list(zip(idle, beside, strict=True))
    return values(6, f"activation, commit to accepted, p99, {name} / idle", "s", runs, goal=GOAL)


async def _tails(ours: Chain, plan: Plan, activations: int) -> list[float]:
    return [percentile(await ours.registrations(activations, RATE), 0.99) for _ in range(plan.runs)]


async def _tails_beside_import(ours: Chain, plan: Plan, activations: int, *, rows: int) -> list[float]:
    """Each beside an import of its own, which goes on for as long."""
    roster, tails = Import(ours.pipeline.ground, ours.accounts, rows), []
    for _ in range(plan.runs):
        async with roster.going_on():
            tails += await _tails(ours, replace(plan, runs=1), activations)
    return tails


async def _fill_queue(ours: Chain, backlog: int) -> None:
    connection = ours.pipeline.connection
    await queue(connection, invented(backlog, NOTICES), Sealer(ours.pipeline.ground.keys.sealing_public))
    await connection.execute("VACUUM ANALYZE", timeout=600)
    await ours.pipeline.ground.checkpoint()
    await connection.execute(SQL["open_turns"], Lane.BULK)
