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
    """

    account_id: UUID
    version: int
    state: ContactState
    language: str | None = None
    address: str | None = None
    registered_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def domain(self) -> str | None:
        """The part of the address that its mail server goes by, in small letters."""
        return self.address.rpartition("@")[2].lower() if self.address else None

    def activated(self, *, version: int, language: str) -> "Contact":
        """This contact after its owner has activated the account."""
        return replace(self, version=version, language=language, state="active", registered_at=None, expires_at=None)


def gone(account_id: UUID, *, version: int) -> Contact:
    """The tombstone of a contact: everything that was entered at registration is wiped."""
    return Contact(account_id, version, "gone")
