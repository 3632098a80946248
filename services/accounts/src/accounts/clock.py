"""The time, passed in wherever it matters, so that tests can move it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time, in UTC."""


def utc_now() -> datetime:
    """The clock of the processes."""
    return datetime.now(UTC)
