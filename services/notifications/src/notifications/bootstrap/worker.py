"""The worker process: consumers, relay and jobs."""

import asyncio

from notifications import SERVICE
from notifications.brakes.watch import watch_brakes
from notifications.consumers import GROUPS, event_handlers
from notifications.handlers.consequences import Consequences
from notifications.metrics import measure_queue
from notifications.retention import days, erasure
from notifications.settings.processes import WorkerSettings
from shared.contracts.topics import Lane
from shared.runtime import housekeeping
from shared.runtime.auth import revocations
from shared.runtime.consuming import consuming
from shared.runtime.database import open_database
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.process import Part, calm_garbage_collection, health_app, run_parts, serve
from shared.runtime.relay import relays
from shared.runtime.scheduler import Job, scheduled
from shared.runtime.sealing import Sealer, Unsealer

LANES = (Lane.SECURITY, Lane.DIRECT, Lane.BULK)
"""The lanes of the events that this service emits."""


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Runs the worker until `stop`: consumers, relay and jobs, and its health from the first moment on."""
    health = Health()
    keys = settings.sealing_private_keys_file
    consequences = Consequences(Unsealer(keys), Sealer(keys))

    async def working(stop: asyncio.Event) -> None:
        async with open_database(settings, SERVICE, health=health, stop=stop, process="worker") as pool:
            if pool:
                health.waiting_for = "Kafka"
                calm_garbage_collection()
                await run_parts(_parts(settings, pool, consequences, health), stop)

    await run_parts(
        {"health": serve(health_app(health), host=settings.host, port=settings.port), "work": working}, stop
    )


def _parts(settings: WorkerSettings, pool: Pool, consequences: Consequences, health: Health) -> dict[str, Part]:
    relaying = relays(LANES, database_url=settings.database_url, kafka=settings)
    jobs = [
        *housekeeping.jobs(),
        *days.jobs(settings.ages, days_ahead=settings.partitions_ahead_days),
        *erasure.jobs(),
        revocations.forgetting(),
        Job("mail_queue_depth", 15, measure_queue),
        Job("mail_brakes", 60, watch_brakes),
    ]
    handlers = event_handlers(consequences)
    consumers = consuming(settings, SERVICE, pool=pool, handlers=handlers, groups=GROUPS, health=health)
    return {"consumers": consumers, **relaying, **{f"job {job.name}": scheduled(pool, job) for job in jobs}}
