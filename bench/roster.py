"""The rows of a roster import on their way to Kafka, by a relay of their lane in a process of its own.

No service has rows in this lane yet; the relay is the one that every service has.

usage: python -m bench.roster DATABASE BOOTSTRAP PREFIX
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.events import sign_ins
from bench.ground import Ground
from bench.mails import SQL
from bench.plan import NotMeasured
from devstack.module_process import ModuleProcess
from shared.contracts.envelope import encode
from shared.contracts.topics import Lane, Topic
from shared.runtime.events import new_id
from shared.runtime.kafka import create_producer
from shared.runtime.postgres import Pool
from shared.runtime.process import run
from shared.runtime.relay import LaneRelay
from shared.runtime.settings import KafkaSettings

ROSTER_PERSON = Topic(name="roster.person.v1", lane=Lane.ROSTER)


@dataclass(frozen=True)
class Import:
    """So many rows at a time in the outbox that `database` leads to."""

    database: Pool
    rows: int

    async def begin(self) -> None:
        """Fills the lane; what was in the outbox before is gone."""
        attributes = json.dumps(encode(next(sign_ins([new_id()]))).attributes)
        await self.database.execute(SQL["forget_events"])
        await self.database.execute(
            SQL["fill_lane"], Lane.ROSTER, ROSTER_PERSON.name, attributes, self.rows, timeout=600
        )
        await self.database.execute("VACUUM ANALYZE outbox", timeout=600)

    async def check(self) -> None:
        """Raises NotMeasured unless some of the rows are in Kafka and some are left."""
        left = await self.database.fetchval(SQL["count_of_lane"], Lane.ROSTER)
        if not 0 < left < self.rows:
            raise NotMeasured(
                f"{left:,} of the import's {self.rows:,} rows are left: it was not under way all the time"
            )


@asynccontextmanager
async def importing(ground: Ground, database: Pool, url: str, *, prefix: str, rows: int) -> AsyncIterator[Import]:
    """An import whose rows are relayed as they come."""
    bootstrap = await ground.kafka()
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + ROSTER_PERSON.name, ROSTER_PERSON.partitions, 1)])
    await admin.close()
    name = "roster-relay"
    process = ModuleProcess(name, "bench.roster", [url, bootstrap, prefix], log=ground.log(name))
    await process.start()
    try:
        yield Import(database, rows)
    finally:
        await process.stop(grace=25)


def main(database: str, bootstrap: str, prefix: str) -> None:
    """The process."""
    settings = KafkaSettings(kafka_bootstrap=bootstrap, kafka_prefix=prefix)
    run(LaneRelay(Lane.ROSTER, database_url=database, prefix=prefix, producer=lambda: create_producer(settings)).run)


if __name__ == "__main__":
    main(*sys.argv[1:])
