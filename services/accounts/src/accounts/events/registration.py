"""Events of registration and activation."""

from datetime import datetime
from uuid import UUID

from accounts import SERVICE
from accounts.domain.registration import LIFETIME, Account
from accounts.links import FreshLinks
from shared.contracts.accounts import (
    AccountActivated,
    AccountEvent,
    AccountRegistered,
    ActivationRequested,
    RegistrationAttempted,
    RegistrationExpired,
)
from shared.contracts.envelope import Event, Language
from shared.runtime.events import new_event
from shared.terms import current_version


def registered(
    account_id: UUID, language: Language, sealed_email: str, links: FreshLinks, now: datetime
) -> Event[AccountEvent]:
    """A pending account was made."""
    data = AccountRegistered(
        account_id=account_id,
        version=1,
        language=language,
        email=sealed_email,
        activation_token=links.activation,
        reminder_token=links.reminder,
        registered_at=now,
        expires_at=now + LIFETIME,
        terms_version=current_version(),
    )
    return new_event(SERVICE, data, now=now)


def activation_requested(account: Account, language: Language, links: FreshLinks, now: datetime) -> Event[AccountEvent]:
    """New links replace those of a pending account; its end stays where it was."""
    data = ActivationRequested(
        account_id=account.account_id,
        version=account.version + 1,
        language=language,
        activation_token=links.activation,
        reminder_token=links.reminder,
        registered_at=account.registered_at,
        expires_at=account.expires_at,
        terms_version=current_version(),
    )
    return new_event(SERVICE, data, now=now)


def registration_attempted(account: Account, now: datetime) -> Event[AccountEvent]:
    """Somebody registered the address of an active account."""
    data = RegistrationAttempted(account_id=account.account_id, version=account.version + 1, attempted_at=now)
    return new_event(SERVICE, data, now=now)


def account_activated(account: Account, terms_version: str, now: datetime) -> Event[AccountEvent]:
    """The account became active and the terms were accepted."""
    data = AccountActivated(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        activated_at=now,
        terms_version=terms_version,
    )
    return new_event(SERVICE, data, now=now)


def registration_expired(account_id: UUID, version: int, now: datetime) -> Event[AccountEvent]:
    """A pending account of this version ran out and was deleted."""
    data = RegistrationExpired(account_id=account_id, version=version + 1, expired_at=now)
    return new_event(SERVICE, data, now=now)
