"""Rules of sign-in: a device not seen before, the password, the second factor."""

from dataclasses import replace
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import NOTHING, Cause, Effects, Notice, Params, notice, of_active_account
from notifications.domain.kinds import (
    CODES_GUESSED,
    NEW_SIGN_IN,
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    SECOND_FACTOR_CHANGED,
)

_LINKS = frozenset({PASSWORD_RESET.name})


@of_active_account
def signed_in_from_new_device(
    contact: Contact, cause: Cause, now: datetime, *, language: str, device: Params
) -> Effects:
    """Somebody signed in from a device not seen before: the owner is told when, and with what."""
    return Effects(contact.told(version=cause.version, language=language), (notice(NEW_SIGN_IN, cause, now, device),))


@of_active_account
def password_reset_requested(
    contact: Contact, cause: Cause, now: datetime, *, language: str, sealed_token: str, expires_at: datetime
) -> Effects:
    """A link to a new password, in the place of one asked for before. It dies with its mail."""
    if cause.version <= contact.password_version:
        return NOTHING
    asked = replace(contact.told(version=cause.version, language=language), password_version=cause.version)
    link = Notice(PASSWORD_RESET, cause, now, expires_at, {"expires_at": expires_at.isoformat()}, sealed_token)
    return Effects(asked, (link,), cancels=_LINKS, reason="superseded")


@of_active_account
def password_changed(contact: Contact, cause: Cause, now: datetime, *, language: str, change: Params) -> Effects:
    """The password is another: the owner is told how it came about; a link not mailed yet works no longer."""
    told = contact.told(version=cause.version, language=language)
    mails = (notice(PASSWORD_CHANGED, cause, now, change),)
    if cause.version <= contact.password_version:
        return Effects(told, mails)
    return Effects(replace(told, password_version=cause.version), mails, cancels=_LINKS, reason="password_changed")


@of_active_account
def second_factor_changed(contact: Contact, cause: Cause, now: datetime, *, language: str, change: Params) -> Effects:
    """Signing in asks for a code from now on, or does so no longer: the owner is told."""
    return Effects(
        contact.told(version=cause.version, language=language), (notice(SECOND_FACTOR_CHANGED, cause, now, change),)
    )


@of_active_account
def second_factor_guessed(
    contact: Contact, cause: Cause, now: datetime, *, language: str, guessed_at: datetime
) -> Effects:
    """Somebody who knows the password guesses at the code: the owner is told."""
    told = contact.told(version=cause.version, language=language)
    return Effects(told, (notice(CODES_GUESSED, cause, now, {"guessed_at": guessed_at.isoformat()}),))
