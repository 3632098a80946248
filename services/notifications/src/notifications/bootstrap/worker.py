"""The worker process: consumers, relay and jobs."""

import asyncio
from collections.abc import Mapping

from notifications import SERVICE
from notifications.brakes.watch import watch_brakes
from notifications.consumers import GROUPS, event_handlers
from notifications.handlers.consequences import Consequences
from notifications.metrics import measure_queue
from notifications.retention import days, erasure
from notifications.settings.processes import WorkerSettings
from shared.contracts.topics import Lane
from shared.runtime import housekeeping, worker
from shared.runtime.auth import revocations
from shared.runtime.consuming import consuming
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.process import Part
from shared.runtime.relay import relays
from shared.runtime.scheduler import Job, scheduled
from shared.runtime.sealing import Sealer, Unsealer

LANES = (Lane.SECURITY, Lane.DIRECT, Lane.BULK)
"""The lanes of the events that this service emits."""


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Runs consumers, relay and jobs until `stop`."""
    keys = settings.sealing_private_keys_file
    handlers = event_handlers(Consequences(Unsealer(keys), Sealer(keys)))

    def parts(pool: Pool, health: Health) -> Mapping[str, Part]:
        relaying = relays(LANES, database_url=settings.database_url, kafka=settings)
        jobs = [
            *housekeeping.jobs(),
            *days.jobs(settings.ages, days_ahead=settings.partitions_ahead_days),
            *erasure.jobs(),
            revocations.forgetting(),
            Job("mail_queue_depth", 15, measure_queue),
            Job("mail_brakes", 60, watch_brakes),
        ]
        consumers = consuming(settings, SERVICE, pool=pool, handlers=handlers, groups=GROUPS, health=health)
        return {"consumers": consumers, **relaying, **{f"job {job.name}": scheduled(pool, job) for job in jobs}}

    await worker.run_worker(settings, SERVICE, parts, stop=stop)
