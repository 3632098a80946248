"""Every event there is. A consumer skips a catalogued type that it has no handler for; anything else is poison."""

from shared.contracts.accounts import (
    AccountActivated,
    AccountRegistered,
    ActivationRequested,
    RegistrationAttempted,
    RegistrationExpired,
)
from shared.contracts.envelope import EventData
from shared.contracts.notifications import MailStateChanged

EVENTS: tuple[type[EventData], ...] = (
    AccountRegistered,
    ActivationRequested,
    AccountActivated,
    RegistrationExpired,
    RegistrationAttempted,
    MailStateChanged,
)

CATALOGUE: dict[str, type[EventData]] = {event.TYPE: event for event in EVENTS}
