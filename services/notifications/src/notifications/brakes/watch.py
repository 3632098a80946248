"""The worker's watch over the operator's brakes."""

import structlog

from notifications.brakes import store as brakes
from notifications.metrics import BRAKES
from shared.runtime.postgres import Connection

log = structlog.get_logger()


async def watch_brakes(connection: Connection) -> None:
    """Finishes interrupted releases, and reminds of the brakes that are on."""
    await brakes.finish_releases(connection)
    row = await connection.fetchrow(brakes.SQL["brakes_on"])
    BRAKES.set(row["brakes"])
    if row["brakes"]:
        log.error("mails_paused_by_operator", brakes=row["brakes"], since=row["since"].isoformat())
