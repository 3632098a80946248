"""What the worker listens to: which event goes to which handler, which topics make up which consumer group."""

from collections.abc import Mapping, Sequence

from notifications.handlers.address import AddressHandlers
from notifications.handlers.consequences import Consequences
from notifications.handlers.credentials import CredentialHandlers
from notifications.handlers.deletion import DeletionHandlers
from notifications.handlers.links import LinkHandlers
from notifications.handlers.registration import RegistrationHandlers
from shared.contracts.accounts import (
    AccountActivated,
    AccountDeleted,
    AccountDeletionCancelled,
    AccountDeletionRequested,
    AccountRegistered,
    ActivationRequested,
    EmailChanged,
    EmailChangeRequested,
    LoginLinked,
    LoginUnlinked,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationAttempted,
    RegistrationExpired,
    SecondFactorChanged,
    SecondFactorGuessed,
    SignedInFromNewDevice,
)
from shared.contracts.topics import ACCOUNTS_ACCOUNT, ACCOUNTS_SESSION, Lane, Topic
from shared.runtime.auth import revocations
from shared.runtime.consumer import Handlers

GROUPS: Mapping[str, Sequence[Topic]] = {Lane.SECURITY: (ACCOUNTS_ACCOUNT, ACCOUNTS_SESSION)}
"""The topics by lane: a group each, so that no lane's backlog delays another."""


def event_handlers(consequences: Consequences) -> Handlers:
    """The handler of each event."""
    handlers = Handlers()
    revocations.listen(handlers)
    registration = RegistrationHandlers(consequences)
    handlers.on(AccountRegistered, registration.registered)
    handlers.on(ActivationRequested, registration.activation_requested)
    handlers.on(AccountActivated, registration.activated)
    handlers.on(RegistrationExpired, registration.registration_expired)
    handlers.on(RegistrationAttempted, registration.registration_attempted)
    credentials = CredentialHandlers(consequences)
    handlers.on(SignedInFromNewDevice, credentials.signed_in_from_new_device)
    handlers.on(PasswordResetRequested, credentials.password_reset_requested)
    handlers.on(PasswordChanged, credentials.password_changed)
    handlers.on(SecondFactorChanged, credentials.second_factor_changed)
    handlers.on(SecondFactorGuessed, credentials.second_factor_guessed)
    address = AddressHandlers(consequences)
    handlers.on(EmailChangeRequested, address.email_change_requested)
    handlers.on(EmailChanged, address.email_changed)
    links = LinkHandlers(consequences)
    handlers.on(LoginLinked, links.login_linked)
    handlers.on(LoginUnlinked, links.login_unlinked)
    deletion = DeletionHandlers(consequences)
    handlers.on(AccountDeletionRequested, deletion.account_deletion_requested)
    handlers.on(AccountDeletionCancelled, deletion.account_deletion_cancelled)
    handlers.on(AccountDeleted, deletion.account_deleted)
    return handlers
