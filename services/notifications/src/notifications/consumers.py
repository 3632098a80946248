"""What the worker listens to: which event goes to which handler, which topics make up which consumer group."""

from collections.abc import Mapping, Sequence

from notifications.handlers import AccountHandlers
from shared.contracts.accounts import (
    AccountActivated,
    AccountRegistered,
    ActivationRequested,
    RegistrationAttempted,
    RegistrationExpired,
)
from shared.contracts.topics import ACCOUNTS_ACCOUNT, Lane, Topic
from shared.runtime.consumer import Handlers

GROUPS: Mapping[str, Sequence[Topic]] = {Lane.SECURITY: (ACCOUNTS_ACCOUNT,)}
"""The topics by lane: a group each, so that no lane's backlog delays another."""


def event_handlers(accounts: AccountHandlers) -> Handlers:
    """The handler of each event."""
    handlers = Handlers()
    handlers.on(AccountRegistered, accounts.registered)
    handlers.on(ActivationRequested, accounts.activation_requested)
    handlers.on(AccountActivated, accounts.activated)
    handlers.on(RegistrationExpired, accounts.registration_expired)
    handlers.on(RegistrationAttempted, accounts.registration_attempted)
    return handlers
