"""What the worker tells Prometheus."""

from prometheus_client import Counter, Gauge

from notifications.store import SQL
from shared.runtime.postgres import Connection

MAILS_QUEUED = Counter("dzwonek_mails_queued_total", "Mails made of events", ["lane", "kind"])
MAILS_CANCELLED = Counter("dzwonek_mails_cancelled_total", "Queued mails that are not sent any more", ["lane", "kind"])
QUEUE_DEPTH = Gauge("dzwonek_mail_queue_depth", "Mails that are not settled", ["lane"])
QUEUE_DUE = Gauge("dzwonek_mail_queue_due", "Mails that are due and not settled", ["lane"])
QUEUE_LATE_SECONDS = Gauge("dzwonek_mail_queue_late_seconds", "How long the longest due mail is due", ["lane"])
MAILS_PAUSED = Gauge("dzwonek_mails_paused", "Mails that wait because of an operator's brake", ["lane"])
BRAKES = Gauge("dzwonek_mail_brakes", "Brakes of the operator that are on")

LANES = ("security", "direct", "bulk")


async def measure_queue(connection: Connection) -> None:
    """Brings the metrics of the queue up to date."""
    rows = {row["lane"]: row for row in await connection.fetch(SQL["queue_depth"])}
    for lane in LANES:
        row = rows.get(lane)
        QUEUE_DEPTH.labels(lane).set(row["mails"] if row else 0)
        QUEUE_DUE.labels(lane).set(row["due"] if row else 0)
        MAILS_PAUSED.labels(lane).set(row["paused"] if row else 0)
        QUEUE_LATE_SECONDS.labels(lane).set(row["late_seconds"] if row else 0)
