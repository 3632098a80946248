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
    """One kind of mail. `dedup_key` names the fact told once, by `account_id` and `version` or by `event_id`.

    `own_address` says that its notices bring the address they go to: one that is not yet the contact's, or may not be
    any more when the mail is sent.
    """

    name: str
    lane: Lane
    contact_state: ContactState
    dedup_key: str
    own_address: bool = False


ACTIVATION = Kind("activation", "security", "pending", "activation:{account_id}:{version}")
ACTIVATION_REMINDER = Kind("activation_reminder", "security", "pending", "activation-reminder:{account_id}:{version}")
WELCOME = Kind("welcome", "direct", "active", "welcome:{account_id}")
ACCOUNT_EXISTS = Kind("account_exists", "security", "active", "account-exists:{event_id}")

NEW_SIGN_IN = Kind("new_sign_in", "security", "active", "new-sign-in:{account_id}:{version}")
PASSWORD_RESET = Kind("password_reset", "security", "active", "password-reset:{account_id}:{version}")
PASSWORD_CHANGED = Kind("password_changed", "security", "active", "password-changed:{account_id}:{version}")
SECOND_FACTOR_CHANGED = Kind(
    "second_factor_changed", "security", "active", "second-factor-changed:{account_id}:{version}"
)
CODES_GUESSED = Kind("codes_guessed", "security", "active", "codes-guessed:{account_id}:{version}")

EMAIL_CHANGE_CONFIRM = Kind(
    "email_change_confirm", "security", "active", "email-change-confirm:{account_id}:{version}", own_address=True
)
EMAIL_CHANGE_REQUESTED = Kind(
    "email_change_requested", "security", "active", "email-change-requested:{account_id}:{version}", own_address=True
)
EMAIL_CHANGED = Kind("email_changed", "security", "active", "email-changed:{account_id}:{version}", own_address=True)
EMAIL_CHANGED_HERE = Kind(
    "email_changed_here", "security", "active", "email-changed-here:{account_id}:{version}", own_address=True
)

LOGIN_LINKED = Kind("login_linked", "security", "active", "login-linked:{account_id}:{version}")
LOGIN_UNLINKED = Kind("login_unlinked", "security", "active", "login-unlinked:{account_id}:{version}")

ACCOUNT_DELETION_REQUESTED = Kind(
    "account_deletion_requested", "security", "active", "account-deletion-requested:{account_id}:{version}"
)
ACCOUNT_KEPT = Kind("account_kept", "security", "active", "account-kept:{account_id}:{version}")
ACCOUNT_DELETED = Kind("account_deleted", "security", "gone", "account-deleted:{account_id}", own_address=True)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        ACTIVATION,
        ACTIVATION_REMINDER,
        WELCOME,
        ACCOUNT_EXISTS,
        NEW_SIGN_IN,
        PASSWORD_RESET,
        PASSWORD_CHANGED,
        SECOND_FACTOR_CHANGED,
        CODES_GUESSED,
        EMAIL_CHANGE_CONFIRM,
        EMAIL_CHANGE_REQUESTED,
        EMAIL_CHANGED,
        EMAIL_CHANGED_HERE,
        LOGIN_LINKED,
        LOGIN_UNLINKED,
        ACCOUNT_DELETION_REQUESTED,
        ACCOUNT_KEPT,
        ACCOUNT_DELETED,
    )
}
