"""What an account is protected by, and what is needed to change it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from accounts.domain.registration import Language

RESET_LIFETIME = timedelta(minutes=60)
"""A link that sets a new password (security.md, Tokens)."""

EMAIL_CHANGE_LIFETIME = timedelta(hours=24)
"""A link that confirms a new address."""

EMAIL_CHANGES_A_DAY = 5
"""How often somebody may ask for another address: each time a mail goes to wherever they say."""

SETUP_LIFETIME = timedelta(hours=1)
"""Between the QR code of a second factor and the first code from the app."""

DELETION_DELAY = timedelta(days=7)
"""Between asking for an account to be deleted and its deletion; until then it can be kept."""


@dataclass(frozen=True)
class Credentials:
    """An active account, as those who sign in and those who change it need it.

    `second_factor` is the encrypted secret of the app that shows codes, None where it is off; `second_factor_step` the
    newest time step whose code was used. At `deletion_at` the account will be deleted.
    """

    account_id: UUID
    version: int
    language: Language
    email: str = field(repr=False)
    password_hash: str = field(repr=False)
    second_factor: str | None = field(default=None, repr=False)
    second_factor_step: int | None = None
    deletion_at: datetime | None = None
