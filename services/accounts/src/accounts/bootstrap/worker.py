"""The worker process: the relay to Kafka, and the jobs."""

import asyncio

from accounts import SERVICE, scheduler
from accounts.clock import utc_now
from accounts.settings import WorkerSettings
from shared.contracts.topics import Lane
from shared.runtime import housekeeping
from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.kafka import watching_kafka
from shared.runtime.postgres import Pool
from shared.runtime.process import Part, calm_garbage_collection, health_app, run_parts, serve
from shared.runtime.relay import relays
from shared.runtime.scheduler import scheduled

RELAYED = (Lane.SECURITY, Lane.ROSTER)
"""What accounts tells of: accounts and who is who. Not one row of an import delays an activation."""


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Runs the relay and the jobs until `stop`, and its health from the first moment on.

    Registrations end in time while Kafka is away, too; the relay catches up when it is back.
    """
    health = Health()

    async def working(stop: asyncio.Event) -> None:
        async with open_database(settings, SERVICE, health=health, stop=stop, process="worker") as pool:
            if pool:
                calm_garbage_collection()
                kafka = watching_kafka(settings, SERVICE, health)
                await run_parts({"kafka": kafka, **_worker_parts(settings, pool)}, stop)

    await run_parts(
        {"health": serve(health_app(health), host=settings.host, port=settings.port), "work": working}, stop
    )


def _worker_parts(settings: WorkerSettings, pool: Pool) -> dict[str, Part]:
    jobs = [*housekeeping.jobs(), *scheduler.jobs(utc_now, expiry_seconds=settings.scheduler_seconds)]
    relaying = relays(RELAYED, database_url=settings.database_url, kafka=settings)
    return {**relaying, **{f"job {job.name}": scheduled(pool, job) for job in jobs}}
