"""Contacts: whom this service can write to, as far as the events have told."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

ContactState = Literal["pending", "active", "gone"]


@dataclass(frozen=True, slots=True)
class Contact:
    """A portal account as a recipient of mail.

    `version` is that of the newest event applied. A contact that is gone keeps nothing but its id and version, so that
    a late event does not bring it back. `registered_at` and `expires_at` belong to a pending registration.

    The other versions are those of the newest event applied about one thing alone: a late event is old only where a
    newer one has spoken of the same thing, so a sign-in that came first swallows no link to a new password.
    """

    account_id: UUID
    version: int
    state: ContactState
    language: str | None = None
    address: str | None = None
    registered_at: datetime | None = None
    expires_at: datetime | None = None
    password_version: int = 0
    address_version: int = 0
    address_asked_version: int = 0
    deletion_version: int = 0

    @property
    def domain(self) -> str | None:
        """The domain of its address."""
        return domain_of(self.address) if self.address else None

    def activated(self, *, version: int, language: str) -> "Contact":
        """This contact after its owner has activated the account."""
        return replace(self, version=version, language=language, state="active", registered_at=None, expires_at=None)

    def told(self, *, version: int, language: str) -> "Contact":
        """This contact after an event that may be older than others applied: the newest one's language counts."""
        return replace(self, version=version, language=language) if version > self.version else self


def domain_of(address: str) -> str:
    """The part of an address that its mail server goes by, in small letters."""
    return address.rpartition("@")[2].lower()


def gone(account_id: UUID, *, version: int) -> Contact:
    """The tombstone of a contact: everything that was known of the person is wiped."""
    return Contact(account_id, version, "gone")
