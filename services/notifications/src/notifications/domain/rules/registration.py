"""Rules of registration: links, reminder, activation, expiry, and an address registered again."""

from dataclasses import dataclass, replace
from datetime import datetime

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import (
    NOTHING,
    WAITS,
    Cause,
    Effects,
    Notice,
    is_settled,
    notice,
    of_active_account,
)
from notifications.domain.kinds import (
    ACCOUNT_EXISTS,
    ACTIVATION,
    ACTIVATION_REMINDER,
    KINDS,
    REMINDED_AFTER,
    WELCOME,
)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration, or asking for the link again, says: language, terms, times and the two sealed tokens."""

    language: str
    terms_version: str
    registered_at: datetime
    expires_at: datetime
    activation_token: str
    reminder_token: str


_LINKS = frozenset({ACTIVATION.name, ACTIVATION_REMINDER.name})


def registered(
    contact: Contact | None, cause: Cause, registration: Registration, address: str, now: datetime
) -> Effects:
    """A person registered: the activation mail at once, the reminder 11 days after registration."""
    if is_settled(contact, cause):
        return NOTHING
    newcomer = Contact(
        cause.account_id,
        cause.version,
        "pending",
        registration.language,
        address,
        registration.registered_at,
        registration.expires_at,
    )
    return Effects(newcomer, _links(cause, registration, now))


def activation_requested(contact: Contact | None, cause: Cause, registration: Registration, now: datetime) -> Effects:
    """The link was asked for again: the mails with the revoked links are cancelled, new ones take their place."""
    if contact is None:
        return WAITS
    if contact.state != "pending" or is_settled(contact, cause):
        return NOTHING
    renewed = replace(
        contact,
        version=cause.version,
        language=registration.language,
        registered_at=registration.registered_at,
        expires_at=registration.expires_at,
    )
    return Effects(renewed, _links(cause, registration, now), cancels=_LINKS, reason="superseded")


def activated(contact: Contact | None, cause: Cause, language: str, terms_version: str, now: datetime) -> Effects:
    """The account is active: links that were not mailed yet are not needed, the person is welcomed."""
    if contact is None:
        return WAITS
    if is_settled(contact, cause):
        return NOTHING
    active = contact.activated(version=cause.version, language=language)
    welcome = notice(WELCOME, cause, now, {"terms_version": terms_version})
    return Effects(active, (welcome,), cancels=_LINKS, reason="activated")


def registration_expired(contact: Contact | None, cause: Cause) -> Effects:
    """Nobody activated the account in time: the address is wiped, whatever is queued is cancelled.

    An account never heard of becomes a tombstone too, so that its late registration mails nobody.
    """
    if is_settled(contact, cause):
        return NOTHING
    return Effects(
        gone(cause.account_id, version=cause.version),
        cancels=frozenset(KINDS),
        reason="registration_expired",
        forgets=contact.address if contact else None,
    )


@of_active_account
def registration_attempted(_contact: Contact, cause: Cause, now: datetime) -> Effects:
    """Somebody registered the address of an active account: its owner is told that there is an account."""
    return Effects(notices=(notice(ACCOUNT_EXISTS, cause, now),))


def _links(cause: Cause, registration: Registration, now: datetime) -> tuple[Notice, ...]:
    """The mails that carry a link each: now and, unless that day is past, the reminder. Both end with the link."""
    params = {
        "expires_at": registration.expires_at.isoformat(),
        "terms_version": registration.terms_version,
    }
    ends = registration.expires_at
    activation = Notice(ACTIVATION, cause, now, ends, params, registration.activation_token)
    reminded_at = registration.registered_at + REMINDED_AFTER
    if reminded_at <= max(now, cause.event_time):
        return (activation,)
    return activation, Notice(ACTIVATION_REMINDER, cause, reminded_at, ends, params, registration.reminder_token)
