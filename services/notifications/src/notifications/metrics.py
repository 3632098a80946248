"""What the worker counts for Prometheus."""

from prometheus_client import Counter

MAILS_QUEUED = Counter("dzwonek_mails_queued", "Mails made of events.", ["lane", "kind"])
MAILS_CANCELLED = Counter("dzwonek_mails_cancelled", "Queued mails that are not sent any more.", ["lane", "kind"])
