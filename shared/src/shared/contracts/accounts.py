"""Events of portal accounts, emitted by the accounts service."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import EventData, Instant, Language, Sealed, Version
from shared.contracts.topics import ACCOUNTS_ACCOUNT, Topic


class AccountEvent(EventData):
    """What all events of an account have: its id, which is the key, and its version."""

    TOPIC: ClassVar[Topic] = ACCOUNTS_ACCOUNT

    account_id: UUID
    version: Version

    @property
    def key(self) -> str:
        """The account's id: order matters per account."""
        return str(self.account_id)


class AccountRegistered(AccountEvent):
    """A person has registered a portal account and has to activate it before `expires_at`.

    The second token is for the reminder, so that both mails have a link of their own; both die at `expires_at`.
    """

    TYPE: ClassVar[str] = "pl.dzwonek.account.registered.v1"

    language: Language
    email: Sealed = Field(description="The address, sealed to notifications.")
    activation_token: Sealed
    reminder_token: Sealed
    registered_at: Instant
    expires_at: Instant
    terms_version: str = Field(description="The version of the terms that go with the activation mail.")


class ActivationRequested(AccountEvent):
    """The activation link was asked for again: the links mailed before are revoked, these two replace them."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.activation-requested.v1"

    language: Language
    activation_token: Sealed
    reminder_token: Sealed
    registered_at: Instant
    expires_at: Instant = Field(description="14 days after registration, whatever was asked for since.")
    terms_version: str


class AccountActivated(AccountEvent):
    """The person pressed the button behind the link and by that accepted the terms: the address is verified."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.activated.v1"

    language: Language
    activated_at: Instant
    terms_version: str = Field(description="The version of the terms that was accepted.")


class RegistrationExpired(AccountEvent):
    """Nobody activated the account in time: everything entered at registration is deleted, here and elsewhere."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.registration-expired.v1"

    expired_at: Instant


class RegistrationAttempted(AccountEvent):
    """Somebody registered an address that already has an active account: its owner is told, the asker is not."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.registration-attempted.v1"

    attempted_at: Instant
