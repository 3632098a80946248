"""Rules of the address: asked to be changed, and changed."""

from dataclasses import replace
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import NOTHING, Cause, Effects, Notice, notice, of_active_account
from notifications.domain.kinds import (
    EMAIL_CHANGE_CONFIRM,
    EMAIL_CHANGE_REQUESTED,
    EMAIL_CHANGED,
    EMAIL_CHANGED_HERE,
)

_LINKS = frozenset({EMAIL_CHANGE_CONFIRM.name})


@of_active_account
def email_change_requested(
    contact: Contact,
    cause: Cause,
    now: datetime,
    *,
    language: str,
    new_address: str,
    sealed_token: str,
    expires_at: datetime,
) -> Effects:
    """The new address gets the link, in the place of one asked for before; the address in use is told.

    A request that comes after a newer change is nothing any more: its link works no longer, and the address that was
    in use then is not known here; it has heard of the change itself.
    """
    if cause.version <= contact.address_version:
        return NOTHING
    told = contact.told(version=cause.version, language=language)
    params = {"requested_at": cause.event_time.isoformat()}
    warning = notice(EMAIL_CHANGE_REQUESTED, cause, now, params, address=contact.address)
    if cause.version <= contact.address_asked_version:
        return Effects(told, (warning,))
    link = Notice(
        EMAIL_CHANGE_CONFIRM,
        cause,
        now,
        expires_at,
        {"expires_at": expires_at.isoformat()},
        sealed_token,
        address=new_address,
    )
    asked = replace(told, address_asked_version=cause.version)
    return Effects(asked, (link, warning), cancels=_LINKS, reason="superseded")


@of_active_account
def email_changed(
    contact: Contact, cause: Cause, now: datetime, *, language: str, new_address: str, changed_at: datetime
) -> Effects:
    """The contact has another address. Both are told, the old one for the last time."""
    if cause.version <= contact.address_version:
        return NOTHING
    is_newest = cause.version > contact.address_asked_version
    moved = replace(
        contact.told(version=cause.version, language=language),
        address=new_address,
        address_version=cause.version,
        address_asked_version=max(cause.version, contact.address_asked_version),
    )
    params = {"changed_at": changed_at.isoformat()}
    mails = (
        notice(EMAIL_CHANGED, cause, now, params, address=contact.address),
        notice(EMAIL_CHANGED_HERE, cause, now, params, address=new_address),
    )
    return Effects(moved, mails, cancels=_LINKS if is_newest else frozenset(), reason="email_changed", moves=True)
