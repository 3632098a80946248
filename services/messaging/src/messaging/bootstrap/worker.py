"""The worker process: consumers and jobs."""

import asyncio
from collections.abc import Mapping

from messaging import PACKAGES, SERVICE
from messaging.consumers import GROUPS, event_handlers
from messaging.settings import WorkerSettings
from shared.runtime import housekeeping, worker
from shared.runtime.consuming import consuming
from shared.runtime.health import Health
from shared.runtime.postgres import Pool
from shared.runtime.process import Part
from shared.runtime.scheduler import scheduled


async def run_worker(settings: WorkerSettings, stop: asyncio.Event) -> None:
    """Runs consumers and jobs until `stop`."""
    handlers = event_handlers()

    def parts(pool: Pool, health: Health) -> Mapping[str, Part]:
        consumers = consuming(settings, SERVICE, pool=pool, handlers=handlers, groups=GROUPS, health=health)
        return {
            "consumers": consumers,
            **{f"job {job.name}": scheduled(pool, job) for job in housekeeping.jobs()},
        }

    await worker.run_worker(settings, SERVICE, parts, stop=stop, packages=PACKAGES)
