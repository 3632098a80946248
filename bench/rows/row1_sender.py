"""Row 1: one sender works off a queue that was filled before; beside it aiosmtplib with the same mails, ready-made."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import spool
from bench.effort import Effort, Watch
from bench.figures import Figure, Goal, rates, values
from bench.ground import Ground
from bench.mails import ACTIVATION, NOTICES, SQL, InventedMail, invented, queue, ready_made
from bench.plan import Plan
from bench.rows.peer import celery_and_django
from bench.services import sender, signer
from bench.waiting import connected, until
from devstack.process import Process
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer

CONNECTIONS = 8
"""Of the lane that the mails are queued in, by the sender's own settings."""

GOAL = Goal(1.0)
LANE = "bulk"
WARM_UP = 200
C_SESSIONS = 16
PEER_PROCESSES = (1, 4)


@dataclass(frozen=True)
class Sort:
    """Mails of one sort: of which kinds, and whether the sender signs them. It has a line of its own."""

    name: str
    kinds: Sequence[str]
    signed: bool = False


PLAIN = Sort("one sender, mails of four kinds / aiosmtplib, ready-made", NOTICES)
OTHERS = (
    Sort("the same, signed with DKIM", NOTICES, signed=True),
    Sort("activations: a sealed token, the terms attached", ACTIVATION),
)


async def measure(ground: Ground, plan: Plan) -> AsyncIterator[Figure]:
    """The lines of this row."""
    runs = await _runs(ground, plan, PLAIN, count=plan.of(20_000, 3_000))
    yield rates(1, PLAIN.name, "mails/s", runs, goal=GOAL)
    if (in_c := await _source_in_c(ground, count=plan.of(20_000, 3_000))) is not None:
        beside = [(in_c, ours.rate) for _, ours in runs]
        yield values(1, f"the same / smtp-source -s {C_SESSIONS}", "mails/s", beside)
    if plan.peer:
        for processes in PEER_PROCESSES:
            peer = await celery_and_django(ground, count=plan.of(4_000, 1_000), processes=processes)
            label = f"the same / Celery and Django, processes: {processes}"
            yield rates(1, label, "mails/s", [(peer, ours) for _, ours in runs])
    for sort in OTHERS:
        few = replace(plan, runs=min(plan.runs, plan.of(plan.runs, 1)))
        yield rates(1, sort.name, "mails/s", await _runs(ground, few, sort, count=plan.of(10_000, 1_500)))


async def _runs(ground: Ground, plan: Plan, sort: Sort, *, count: int) -> list[tuple[Effort, Effort]]:
    database = await ground.database("notifications")
    sealer = Sealer(ground.keys.sealing_public)
    sink = await ground.sink()
    mails: list[InventedMail] = []

    async def raw() -> Effort:
        mails[:] = invented(count, sort.kinds)
        path = ground.folder / "mails.jsonl"
        spool.write(path, ready_made(mails, ground.keys, signer(ground) if sort.signed else None))
        return await ground.side("bench.raw.smtp", str(path), str(sink.port), str(CONNECTIONS))

    async with sender(ground, database, signed=sort.signed) as process, connected(database) as connection:

        async def ours() -> Effort:
            return await sent(connection, process, mails, sealer)

        await sent(connection, process, list(invented(WARM_UP, sort.kinds)), sealer)
        return await plan.alternate(raw, ours)


async def sent(connection: Connection, process: Process, mails: Sequence[InventedMail], sealer: Sealer) -> Effort:
    """What the sender takes for these mails, from when they are due until all are recorded as accepted."""
    await connection.execute(SQL["forget_mails"])
    await connection.execute(SQL["forget_contacts"])
    await queue(connection, iter(mails), sealer, lane=LANE)
    await connection.execute("ANALYZE")  # as autovacuum does while a queue grows
    kinds = list({mail.kind for mail in mails})

    async def all_accepted() -> bool:
        return int(await connection.fetchval(SQL["accepted"], kinds)) >= len(mails)

    watch = Watch([process])
    await connection.execute(SQL["open_turns"], LANE)
    await until(all_accepted)
    return watch.stop(len(mails))


async def _source_in_c(ground: Ground, *, count: int) -> float | None:
    """The mails a second of Postfix's `smtp-source`, of the size of ours; None where there is no Postfix."""
    sink = await ground.sink()
    if sink.tools is None:
        return None
    few = list(invented(60, NOTICES))
    size = sum(len(mail.content) for mail in ready_made(few, ground.keys)) // len(few)
    command: list[str | Path] = [sink.tools.source, "-d", "-s", str(C_SESSIONS), "-m", str(count), "-l", str(size)]
    process = Process(
        "smtp-source", [*command, f"127.0.0.1:{sink.port}"], log=ground.log("smtp-source"), env=sink.tools.env
    )
    began = time.perf_counter()
    await process.start()
    await process.wait()
    return count / (time.perf_counter() - began)
