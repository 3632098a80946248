"""Work that comes round again. With several replicas each job runs in one at a time, by an advisory lock."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Gauge

from shared.runtime.postgres import Connection, Pool, transient
from shared.runtime.process import Part
from shared.runtime.waiting import pause

log = structlog.get_logger()
LOCK_SPACE = 0x6A6F6273  # "jobs"
LAST_RUN = Gauge("dzwonek_job_last_success_seconds", "When the job last ended well, as Unix time", ["job"])
PERIOD = Gauge("dzwonek_job_period_seconds", "How often the job is to run", ["job"])

Work = Callable[[Connection], Awaitable[object]]


@dataclass(frozen=True)
class Job:
    """`work` every `seconds`; it gets a connection and makes its own transactions."""

    name: str
    seconds: float
    work: Work


def scheduled(pool: Pool, job: Job) -> Part:
    """The job as a part of a process. A transient fault is logged and the job tried again at its next time."""

    async def running(stop: asyncio.Event) -> None:
        PERIOD.labels(job.name).set(job.seconds)
        while not stop.is_set():
            try:
                await run_alone(pool, job)
            except Exception as error:
                if not transient(error):
                    raise
                log.warning("job_postponed", job=job.name, error=type(error).__name__)
            await pause(stop, job.seconds)

    return running


async def run_alone(pool: Pool, job: Job) -> bool:
    """Runs the job once, unless it is running elsewhere at this moment. Returns whether it ran."""
    number = zlib.crc32(job.name.encode()) - 2**31
    async with pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK_SPACE, number):
            return False
        try:
            await job.work(connection)
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, number)
        LAST_RUN.labels(job.name).set_to_current_time()
    return True
