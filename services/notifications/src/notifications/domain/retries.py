"""When a mail is tried again: after a minute, growing to an hour, until its kind's own end."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
JITTER = 0.25
"""The share of the wait by which it is longer, at most, so that what failed together does not come back together."""


def backoff(mail_id: UUID, attempts: int) -> timedelta:
    """How long to wait after the attempt number `attempts` (1 is the first): doubles from 1 minute up to 1 hour.

    The jitter follows from the mail and the attempt, so that the same failure always waits as long.
    """
    plain = min(SHORTEST * (1 << min(attempts - 1, 10)), LONGEST)
    seed = hashlib.blake2b(mail_id.bytes + attempts.to_bytes(4, "big"), digest_size=4).digest()
    return plain * (1 + JITTER * int.from_bytes(seed, "big") / 2**32)


def next_try(mail_id: UUID, attempts: int, *, now: datetime, not_after: datetime) -> datetime | None:
    """When to try again, or None when that would be after the mail's end: it has expired."""
    due = now + backoff(mail_id, attempts)
    return due if due < not_after else None
