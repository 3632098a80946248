"""Row 8, its second half: another service takes over the roster from its topics, and answers who may see whom."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from bench.effort import Effort, Watch
from bench.figures import Figure, Goal, percentile, rates, values
from bench.ground import Ground
from bench.mails import SQL
from bench.memory import MEGABYTE
from bench.plan import NotMeasured, Plan
from bench.services import worker
from bench.waiting import connected, until
from shared.contracts.topics import Lane, by_lane
from shared.runtime.postgres import Connection
from shared.runtime.roster.asking import rights_of
from shared.runtime.roster.projection import TOPICS
from shared.runtime.roster.rights import Acting

SERVICE = "grades"
TOLD = by_lane(TOPICS)[Lane.ROSTER]
"""What an import tells: nothing of links, which have a group of their own."""

ASKED_RATE = 20_000.0
"""Records a second that a worker has to take over."""

ALLOWED_BYTES = 150 * MEGABYTE
ALLOWED_MILLISECONDS = 2.0
QUESTIONS = 2_000
LOGINS = """
SELECT * FROM (
    SELECT person_id, 'student', person_id FROM roster.enrolments WHERE role = 'student'
    UNION ALL
    SELECT guardian_id, 'guardian', student_id FROM roster.guardianships
    UNION ALL
    SELECT person_id, 'staff', school_id FROM roster.enrolments WHERE role = 'teacher'
) AS login ORDER BY random() LIMIT $1
"""
LONGEST_SECONDS = 1800.0

AT_LEAST, AT_MOST = Goal(1.0), Goal(1.0, at_most=True)


async def measure(ground: Ground, plan: Plan, roster: str) -> AsyncIterator[Figure]:
    """The lines; `roster` is the database of accounts that a district was just imported into."""
    kafka, prefix = await ground.kafka(), ground.prefix()
    await _relay(ground, roster, prefix)
    topics = [prefix + topic.name for topic in TOLD]
    taken, anew, answered = list[tuple[Effort, Effort]](), list[tuple[Effort, Effort]](), list[tuple[float, float]]()
    for _ in range(1 if plan.long else plan.runs):
        raw = await ground.side("bench.raw.reading", kafka, *topics)
        taken.append((raw, await _taken_over(ground, prefix, raw.items)))
        database = await ground.database(SERVICE)
        anew.append((raw, await ground.side("bench.rebuilding", database, kafka, prefix)))
        async with connected(database) as connection:
            answered.append((ALLOWED_MILLISECONDS, 1000 * percentile(await _questions(connection), 0.99)))
    asked = [(ASKED_RATE, ours.rate) for _, ours in taken]
    name = "its events into an empty projection, one worker / what is asked"
    yield values(8, name, "records/s", asked, goal=AT_LEAST)
    yield rates(8, "the same / aiokafka, which reads them", "records/s", taken)
    yield rates(8, "a projection made anew / aiokafka, which reads them", "records/s", anew)
    memory = [(ALLOWED_BYTES / MEGABYTE, ours.peak_bytes / MEGABYTE) for _, ours in anew]
    yield values(8, "memory of making it anew / what is allowed", "MB", memory, goal=AT_MOST)
    yield values(8, "what somebody may do, asked of it, p99 / what is allowed", "ms", answered, goal=AT_MOST)


async def _relay(ground: Ground, roster: str, prefix: str) -> None:
    """Brings the events of the import into their topics."""
    async with worker(ground, "accounts", roster, prefix=prefix), connected(roster) as connection:

        async def relayed() -> bool:
            return not await connection.fetchval(SQL["left_in_outbox"], Lane.ROSTER)

        await until(relayed, seconds=LONGEST_SECONDS)


async def _taken_over(ground: Ground, prefix: str, records: int) -> Effort:
    """What a worker takes for all the records, from the first batch that it has done."""
    database, kafka, group = await ground.database(SERVICE), await ground.kafka(), f"{prefix}{SERVICE}.{Lane.ROSTER}"
    await _begin_again(kafka, group, prefix)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    done = 0

    async def look() -> int:
        nonlocal done
        offsets = await admin.list_consumer_group_offsets(group)
        done = sum(max(0, each.offset) for each in offsets.values())
        return done

    async def begun() -> bool:
        return await look() > 0

    async def over() -> bool:
        return await look() >= records

    try:
        async with worker(ground, SERVICE, database, prefix=prefix) as process:
            await until(begun)
            first, watch = done, Watch([process])
            if first == records:
                raise NotMeasured("all records were taken over before anybody looked: take more students")
            await until(over, seconds=LONGEST_SECONDS)
            return watch.stop(records - first)
    finally:
        await admin.close()


async def _begin_again(kafka: str, group: str, prefix: str) -> None:
    """Has the group read from the beginning, whatever it has read before."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    places = [TopicPartition(prefix + topic.name, number) for topic in TOLD for number in range(topic.partitions)]
    consumer.assign(places)
    await consumer.start()
    try:
        await consumer.commit(dict.fromkeys(places, 0))
    finally:
        await consumer.stop()


async def _questions(connection: Connection) -> Sequence[float]:
    """The seconds of each question, of logins picked by chance."""
    await connection.execute("VACUUM ANALYZE", timeout=600)
    logins = [Acting(*row) for row in await connection.fetch(LOGINS, QUESTIONS, timeout=600)]
    on, seconds = datetime.now(UTC).date(), list[float]()
    for login in logins:
        began = time.perf_counter()
        await rights_of(connection, [login], on)
        seconds.append(time.perf_counter() - began)
    return seconds
