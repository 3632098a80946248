"""Every event there is. A consumer skips a catalogued type that it has no handler for; anything else is poison."""

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
from shared.contracts.envelope import EventData
from shared.contracts.notifications import MailStateChanged
from shared.contracts.roster import (
    ClassChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
    PersonChanged,
    SchoolChanged,
    TermChanged,
)
from shared.contracts.sessions import SessionRevoked

EVENTS: tuple[type[EventData], ...] = (
    AccountRegistered,
    ActivationRequested,
    AccountActivated,
    RegistrationExpired,
    RegistrationAttempted,
    SignedInFromNewDevice,
    PasswordResetRequested,
    PasswordChanged,
    SecondFactorChanged,
    SecondFactorGuessed,
    EmailChangeRequested,
    EmailChanged,
    LoginLinked,
    LoginUnlinked,
    AccountDeletionRequested,
    AccountDeletionCancelled,
    AccountDeleted,
    SessionRevoked,
    MailStateChanged,
    SchoolChanged,
    TermChanged,
    ClassChanged,
    PersonChanged,
    EnrolmentChanged,
    GuardianshipChanged,
    LinkChanged,
)

CATALOGUE: dict[str, type[EventData]] = {event.TYPE: event for event in EVENTS}
