"""Events of portal accounts, emitted by the accounts service."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import EventData, Instant, Language, LoginKind, ProductName, Sealed, Version
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


class SignedInFromNewDevice(AccountEvent):
    """Somebody signed in with the right password from a browser that this account was not used in before.

    Not told of an account's first sign-in. What the browser says of itself is kept to two names from a short list.
    """

    TYPE: ClassVar[str] = "pl.dzwonek.account.signed-in-from-new-device.v1"

    language: Language
    browser: ProductName | None = Field(default=None, description="For example `Firefox`; absent when unknown.")
    system: ProductName | None = Field(default=None, description="For example `Android`; absent when unknown.")
    signed_in_at: Instant


class PasswordResetRequested(AccountEvent):
    """Somebody who knows the address asked for a new password: the link that sets one, earlier ones are revoked."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.password-reset-requested.v1"

    language: Language
    reset_token: Sealed
    requested_at: Instant
    expires_at: Instant = Field(description="60 minutes after it was asked for.")


class PasswordChanged(AccountEvent):
    """The account has another password; links that would set one work no longer."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.password-changed.v1"

    language: Language
    by_reset: bool = Field(description="True: with a link from a mail. False: by somebody who knew the old password.")
    changed_at: Instant


class SecondFactorChanged(AccountEvent):
    """Signing in asks for a code from an app from now on, or does so no longer."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.second-factor-changed.v1"

    language: Language
    enabled: bool
    changed_at: Instant
    by_operator: bool = Field(
        default=False, description="True: off, and every session ended, for somebody who has lost app and codes."
    )


class SecondFactorGuessed(AccountEvent):
    """Somebody who knows the password enters wrong codes, too many to be mistakes. Told once a day at most."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.second-factor-guessed.v1"

    language: Language
    guessed_at: Instant


class EmailChangeRequested(AccountEvent):
    """The person wants another address: the link goes to the new one, the one in use is told. Earlier ones end."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.email-change-requested.v1"

    language: Language
    new_email: Sealed = Field(description="The address to be confirmed.")
    confirmation_token: Sealed
    requested_at: Instant
    expires_at: Instant


class EmailChanged(AccountEvent):
    """The new address was confirmed: it takes the place of the old one, which is told for the last time."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.email-changed.v1"

    language: Language
    email: Sealed = Field(description="The address from now on.")
    changed_at: Instant


SchoolName = Annotated[str, Field(min_length=1, max_length=255, description="Of the school that handed the login out.")]
LoginEnding = Annotated[
    str, Field(pattern=r"^[0-9]{2}[uk]?$", description="How the login ends, so that its owner knows which one it is.")
]


class LoginLinked(AccountEvent):
    """A school login was linked with the account. What holds for other services tells the link's own topic."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.login-linked.v1"

    language: Language
    login_id: UUID
    login_kind: LoginKind
    login_ending: LoginEnding
    school_name: SchoolName
    linked_at: Instant


class LoginUnlinked(AccountEvent):
    """A school login is no longer linked with the account."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.login-unlinked.v1"

    language: Language
    login_id: UUID
    login_kind: LoginKind
    login_ending: LoginEnding
    school_name: SchoolName
    unlinked_at: Instant
    by: Literal["account", "login", "school", "guardian"] = Field(
        description="Who did it: somebody signed in with the account, or with the login; or the school or the pupil's"
        " guardian, by giving the login another password."
    )


class AccountDeletionRequested(AccountEvent):
    """The person wants the account deleted; until `deleted_at` it can be kept after all."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.deletion-requested.v1"

    language: Language
    requested_at: Instant
    deleted_at: Instant = Field(description="When it will be gone.")


class AccountDeletionCancelled(AccountEvent):
    """The account is kept."""

    TYPE: ClassVar[str] = "pl.dzwonek.account.deletion-cancelled.v1"

    language: Language
    cancelled_at: Instant
    by_reset: bool = Field(
        default=False, description="True: by a new password, with a link from a mail. False: by somebody signed in."
    )


class AccountDeleted(AccountEvent):
    """The account is gone with all its data: whoever keeps anything of it deletes that. The last event of an account.

    The school's record of a pupil is the school's and stays.
    """

    TYPE: ClassVar[str] = "pl.dzwonek.account.deleted.v1"

    language: Language
    deleted_at: Instant
