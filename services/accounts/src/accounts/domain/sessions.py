"""How long a session lasts: on one's own device while it is used, on a shared computer while somebody is there.

A session is a reference token that accounts alone knows, and short access tokens renewed from it; each renewal counts
as use.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from accounts.domain.school_logins import Kind

OWN_DEVICE_IDLE = timedelta(days=90)
SHARED_COMPUTER_IDLE = timedelta(minutes=15)

OWN_DEVICE_ACCESS = timedelta(minutes=10)
SHARED_COMPUTER_ACCESS = timedelta(minutes=2)
"""An access token's life. Use is seen when the token is renewed, so on a shared computer, where minutes count, it is
short."""

MOST_SESSIONS = 50
"""Of one account. One more ends the one that was not used for longest."""

FORM_TOKEN_BYTES = 16


@dataclass(frozen=True)
class Device:
    """The browser that somebody signs in with, as far as it is told. `browser` and `system` are names of ours."""

    shared: bool
    browser: str | None = None
    system: str | None = None

    @property
    def idle(self) -> timedelta:
        """How long a session lasts without use."""
        return SHARED_COMPUTER_IDLE if self.shared else OWN_DEVICE_IDLE

    @property
    def access(self) -> timedelta:
        """How long an access token lives."""
        return SHARED_COMPUTER_ACCESS if self.shared else OWN_DEVICE_ACCESS


@dataclass(frozen=True)
class Session:
    """One sign-in that lasts, of a portal account, or of a school login: then `person_id` is whose it is.

    `login_kind` is as what the login is that person, `scope_id` for which pupil or at which school.

    `form_token` stands in the forms of its pages.
    """

    session_id: UUID
    account_id: UUID
    form_token: str = field(repr=False)
    device: Device
    signed_in_at: datetime
    last_used_at: datetime
    person_id: UUID | None = None
    login_kind: Kind | None = None
    scope_id: UUID | None = None

    @property
    def expires_at(self) -> datetime:
        """When it ends if it is not used any more."""
        return self.last_used_at + self.device.idle

    def live(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return now < self.expires_at


def new_form_token() -> str:
    """A fresh form token, of 128 bits."""
    return secrets.token_urlsafe(FORM_TOKEN_BYTES)
