"""The worker process: the relay to Kafka, and the jobs."""

import asyncio
from collections.abc import Mapping

from accounts import SERVICE, scheduler
from accounts.clock import utc_now
from accounts.settings import WorkerSettings
from shared.contracts.topics import Lane
from shared.runtime import housekeeping, worker
from shared.runtime.health import Health
from shared.runtime.kafka import watching_kafka
from shared.runtime.postgres import Pool
from shared.runtime.process import Part
from shared.runtime.relay import relays
from shared.runtime.scheduler import scheduled

RELAYED = (Lane.SECURITY, Lane.ROSTER)
"""What accounts tells of: accounts and who is who. Not one row of an import delays an activation."""


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Runs the relay and the jobs until `stop`.

    Registrations end in time while Kafka is away, too; the relay catches up when it is back.
    """

    def parts(pool: Pool, health: Health) -> Mapping[str, Part]:
        jobs = [*housekeeping.jobs(), *scheduler.jobs(utc_now, expiry_seconds=settings.scheduler_seconds)]
        relaying = relays(RELAYED, database_url=settings.database_url, kafka=settings)
        kafka = watching_kafka(settings, SERVICE, health)
        return {"kafka": kafka, **relaying, **{f"job {job.name}": scheduled(pool, job) for job in jobs}}

    await worker.run_worker(settings, SERVICE, parts, stop=stop)
