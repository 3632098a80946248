"""A mail that a sender holds: everything needed to check it again, write it and send it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from notifications.domain.kinds import Lane


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail leased to this sender until `lease_ends`.

    `contact_state`, `address` and `suppressed` are what was true at the claim. A mail with a `sealed_address` of its
    own goes there, not to the contact; its `address` is empty when that cannot be opened. `attempts` counts the attempt
    that the claim begins. `watched` tells that the domain is in some trouble, so that its next answers matter.
    `traceparent` is the trace context of what caused the mail. `school_id` is the nil id for a mail that belongs to no
    school.
    """

    mail_id: UUID
    created_on: date
    attempt_token: UUID
    lane: Lane
    kind: str
    school_id: UUID
    district_id: UUID | None
    account_id: UUID
    language: str
    address: str
    domain: str
    created_at: datetime
    event_time: datetime
    due_at: datetime
    not_after: datetime
    attempts: int
    thread_id: str
    params: Mapping[str, Any]
    sealed_token: str | None
    sealed_address: str | None
    contact_state: str
    suppressed: bool
    watched: bool
    traceparent: str | None
    lease_ends: float
    """In seconds of the monotonic clock of the process that holds it."""
