"""Mails as a sender holds them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.domain.mail import ClaimedMail

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def a_mail(**changes: Any) -> ClaimedMail:  # noqa: ANN401 - any of its fields
    """A welcome mail to an active account, claimed for the first time."""
    facts: dict[str, Any] = {
        "mail_id": UUID(int=1),
        "created_on": date(2026, 9, 1),
        "attempt_token": UUID(int=2),
        "lane": "direct",
        "kind": "welcome",
        "school_id": UUID(int=0),
        "district_id": None,
        "account_id": UUID(int=3),
        "language": "pl",
        "address": "Ola.Nowak@szkola.example",
        "domain": "szkola.example",
        "created_at": NOW,
        "event_time": NOW,
        "due_at": NOW,
        "not_after": NOW + timedelta(days=4),
        "attempts": 1,
        "thread_id": "account-3",
        "params": {},
        "sealed_token": None,
        "sealed_address": None,
        "contact_state": "active",
        "suppressed": False,
        "watched": False,
        "traceparent": None,
        "lease_ends": 60.0,
    }
    return ClaimedMail(**{**facts, **changes})
