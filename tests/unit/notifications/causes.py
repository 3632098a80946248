"""Events that the tests of rules are about, and whom they befall."""

from datetime import UTC, datetime
from uuid import UUID

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause

NOW = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
ACCOUNT = UUID("01950000-0000-7000-8000-000000000001")
EVENT = UUID("01950000-0000-7000-8000-00000000000e")
ACTIVE = Contact(ACCOUNT, 2, "active", "pl", "ola@szkola.example")


def cause(version: int, at: datetime = NOW) -> Cause:
    """An event of the account."""
    return Cause(EVENT, "pl.dzwonek.account.something.v1", at, ACCOUNT, version)
