"""Row 4: the relay publishes an outbox that was filled before; beside it aiokafka with the same records, ready-made."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

from bench import spool
from bench.effort import Effort, Watch
from bench.events import insert, sign_ins
from bench.figures import Figure, Goal, rates
from bench.ground import Ground
from bench.mails import SQL
from bench.plan import Plan
from bench.services import worker
from bench.spool import ReadyRecord
from bench.waiting import connected, until
from shared.contracts.topics import Lane
from shared.runtime.events import new_id
from shared.runtime.outbox import OutboxColumns, outbox_columns

Pair = tuple[Effort, Effort]
GOAL = Goal(0.6, shared=0.5)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The line of this row."""
    count = plan.of(100_000, 20_000)
    database, prefix, kafka = await ground.database("accounts"), ground.prefix(), await ground.kafka()
    rows = outbox_columns(list(sign_ins([new_id() for _ in range(count)])))
    path = ground.folder / "records.jsonl"
    _spool(path, rows)

    async with worker(ground, "accounts", database, prefix=prefix) as process, connected(database) as connection:

        async def raw(*batches: str) -> Effort:
            return await ground.side("bench.raw.kafka", str(path), kafka, prefix, *batches)

        async def empty() -> bool:
            return not await connection.fetchval(SQL["left_in_outbox"], Lane.SECURITY)

        async def ours() -> Effort:
            await connection.execute(SQL["forget_events"])
            async with connection.transaction():
                await insert(connection, rows)
                watch = Watch([process])
            await until(empty)
            return watch.stop(count)

        await ours()  # connections are made, plans and batches found
        runs, beside = list[Pair](), list[Pair]()
        for _ in range(plan.runs):
            one_by_one, relayed, in_batches = await raw(), await ours(), await raw("batches")
            runs.append((one_by_one, relayed))
            beside.append((in_batches, relayed))
    yield rates(4, "relay, from the outbox to Kafka / aiokafka, keyed", "events/s", runs, goal=GOAL)
    yield rates(4, "the same / aiokafka, batches filled by the bench", "events/s", beside)


def _spool(path: Path, rows: OutboxColumns) -> None:
    spool.write(
        path,
        (
            ReadyRecord(topic, key, json.loads(headers), value.decode())
            for topic, key, headers, value in zip(rows.topics, rows.keys, rows.headers, rows.values, strict=True)
        ),
    )
