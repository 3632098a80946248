"""Row 3: an account's row with its event, in the API's one statement; beside it the same rows without."""

from collections.abc import AsyncIterator

from bench.effort import Effort
from bench.figures import Figure, Goal, rates
from bench.ground import Ground
from bench.mails import SQL
from bench.plan import Plan
from bench.waiting import connected

GOAL = Goal(0.9)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The line of this row."""
    count = plan.of(20_000, 4_000)
    database = await ground.database("accounts")
    async with connected(database) as connection:

        async def written(module: str, *arguments: str) -> Effort:
            await connection.execute(SQL["forget_accounts"])
            return await ground.side(module, database, str(count), *arguments)

        runs = await plan.alternate(
            lambda: written("bench.raw.postgres"),
            lambda: written("bench.registering", str(ground.keys.sealing_public)),
        )
    yield rates(3, "account row with its event / without", "writes/s", runs, goal=GOAL)
