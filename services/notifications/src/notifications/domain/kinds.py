"""The kinds of mail there are: their lane, whom they may reach, which fact is told once.

When a mail is due and when it is of no use any more is for the rules to say; the sender checks `contact_state` again
at the moment of sending.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from notifications.domain.contacts import ContactState

Lane = Literal["security", "direct", "bulk"]

REMINDED_AFTER = timedelta(days=11)
"""How long after registration the reminder is due."""

NOTICE_LIFETIME = timedelta(days=4)
"""How long after its event a mail without an end of its own is worth sending."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail. `dedup_key` names the fact told once, by `account_id` and `version` or by `event_id`."""

    name: str
    lane: Lane
    contact_state: ContactState
    dedup_key: str


ACTIVATION = Kind("activation", "security", "pending", "activation:{account_id}:{version}")
ACTIVATION_REMINDER = Kind("activation_reminder", "security", "pending", "activation-reminder:{account_id}:{version}")
WELCOME = Kind("welcome", "direct", "active", "welcome:{account_id}")
ACCOUNT_EXISTS = Kind("account_exists", "security", "active", "account-exists:{event_id}")

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ACTIVATION, ACTIVATION_REMINDER, WELCOME, ACCOUNT_EXISTS)}
