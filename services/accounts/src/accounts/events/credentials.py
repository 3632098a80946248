"""Events of what an account is protected by."""

from datetime import datetime
from uuid import UUID

from accounts import SERVICE
from accounts.domain.credentials import DELETION_DELAY, EMAIL_CHANGE_LIFETIME, RESET_LIFETIME, Credentials
from accounts.domain.sessions import Device
from shared.contracts.accounts import (
    AccountDeleted,
    AccountDeletionCancelled,
    AccountDeletionRequested,
    EmailChanged,
    EmailChangeRequested,
    PasswordChanged,
    PasswordResetRequested,
    SecondFactorChanged,
    SecondFactorGuessed,
    SignedInFromNewDevice,
)
from shared.contracts.envelope import Event, EventData
from shared.contracts.sessions import SessionRevoked
from shared.runtime.auth.access_tokens import LIFETIME
from shared.runtime.events import new_event


def signed_in_from_new_device(account: Credentials, device: Device, now: datetime) -> Event[EventData]:
    """The account was signed in to in a browser that it was not used in before."""
    data = SignedInFromNewDevice(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        browser=device.browser,
        system=device.system,
        signed_in_at=now,
    )
    return new_event(SERVICE, data, now=now)


def password_reset_requested(account: Credentials, sealed_token: str, now: datetime) -> Event[EventData]:
    """The link that sets a new password was asked for."""
    data = PasswordResetRequested(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        reset_token=sealed_token,
        requested_at=now,
        expires_at=now + RESET_LIFETIME,
    )
    return new_event(SERVICE, data, now=now)


def password_changed(account: Credentials, now: datetime, *, by_reset: bool) -> Event[EventData]:
    """The account has another password."""
    data = PasswordChanged(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        by_reset=by_reset,
        changed_at=now,
    )
    return new_event(SERVICE, data, now=now)


def second_factor_changed(
    account: Credentials, now: datetime, *, enabled: bool, by_operator: bool = False
) -> Event[EventData]:
    """Signing in asks for a code from now on, or no longer."""
    data = SecondFactorChanged(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        enabled=enabled,
        changed_at=now,
        by_operator=by_operator,
    )
    return new_event(SERVICE, data, now=now)


def second_factor_guessed(account: Credentials, now: datetime) -> Event[EventData]:
    """Somebody who knows the password tries codes."""
    data = SecondFactorGuessed(
        account_id=account.account_id, version=account.version + 1, language=account.language, guessed_at=now
    )
    return new_event(SERVICE, data, now=now)


def email_change_requested(
    account: Credentials, sealed_email: str, sealed_token: str, now: datetime
) -> Event[EventData]:
    """Another address is to be confirmed."""
    data = EmailChangeRequested(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        new_email=sealed_email,
        confirmation_token=sealed_token,
        requested_at=now,
        expires_at=now + EMAIL_CHANGE_LIFETIME,
    )
    return new_event(SERVICE, data, now=now)


def email_changed(account: Credentials, sealed_email: str, now: datetime) -> Event[EventData]:
    """The account has another address."""
    data = EmailChanged(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        email=sealed_email,
        changed_at=now,
    )
    return new_event(SERVICE, data, now=now)


def deletion_requested(account: Credentials, now: datetime) -> Event[EventData]:
    """The account is to be deleted."""
    data = AccountDeletionRequested(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        requested_at=now,
        deleted_at=now + DELETION_DELAY,
    )
    return new_event(SERVICE, data, now=now)


def deletion_cancelled(account: Credentials, now: datetime, *, by_reset: bool) -> Event[EventData]:
    """The account is kept."""
    data = AccountDeletionCancelled(
        account_id=account.account_id,
        version=account.version + 1,
        language=account.language,
        cancelled_at=now,
        by_reset=by_reset,
    )
    return new_event(SERVICE, data, now=now)


def account_deleted(account: Credentials, now: datetime) -> Event[EventData]:
    """The account is gone."""
    data = AccountDeleted(
        account_id=account.account_id, version=account.version + 1, language=account.language, deleted_at=now
    )
    return new_event(SERVICE, data, now=now)


def session_revoked(account_id: UUID, session_id: UUID, reason: str, now: datetime) -> Event[EventData]:
    """A session has ended before its time."""
    data = SessionRevoked(
        session_id=session_id, account_id=account_id, reason=reason, revoked_at=now, tokens_end_at=now + LIFETIME
    )
    return new_event(SERVICE, data, now=now)
