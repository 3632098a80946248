"""Rules of deletion: asked for, called off, done."""

from dataclasses import replace
from datetime import datetime

from notifications.domain.contacts import Contact, gone
from notifications.domain.effects import NOTHING, Cause, Effects, Notice, Params, is_settled, notice, of_active_account
from notifications.domain.kinds import ACCOUNT_DELETED, ACCOUNT_DELETION_REQUESTED, ACCOUNT_KEPT, KINDS

_WARNINGS = frozenset({ACCOUNT_DELETION_REQUESTED.name})
_ALL_BUT_THE_FAREWELL = frozenset(KINDS) - {ACCOUNT_DELETED.name}


@of_active_account
def account_deletion_requested(
    contact: Contact, cause: Cause, now: datetime, *, language: str, deleted_at: datetime
) -> Effects:
    """The owner is told the day of the deletion, and how to keep the account until then."""
    if cause.version <= contact.deletion_version:
        return NOTHING
    asked = replace(contact.told(version=cause.version, language=language), deletion_version=cause.version)
    params = {"requested_at": cause.event_time.isoformat(), "deleted_at": deleted_at.isoformat()}
    warning = Notice(ACCOUNT_DELETION_REQUESTED, cause, now, deleted_at, params)
    return Effects(asked, (warning,), cancels=_WARNINGS, reason="superseded")


@of_active_account
def account_deletion_cancelled(
    contact: Contact, cause: Cause, now: datetime, *, language: str, keeping: Params
) -> Effects:
    """The account is kept: the owner is told how that came about; a warning not mailed yet is wrong now."""
    told = contact.told(version=cause.version, language=language)
    mails = (notice(ACCOUNT_KEPT, cause, now, keeping),)
    if cause.version <= contact.deletion_version:
        return Effects(told, mails)
    return Effects(replace(told, deletion_version=cause.version), mails, cancels=_WARNINGS, reason="account_kept")


def account_deleted(
    contact: Contact | None, cause: Cause, now: datetime, *, language: str, deleted_at: datetime
) -> Effects:
    """The contact is gone. The last mail says so, to the address that it had; whatever else is queued is cancelled.

    An account never heard of becomes a tombstone too, so that its late registration mails nobody. The farewell brings
    its language, which the tombstone does not keep.
    """
    if is_settled(contact, cause):
        return NOTHING
    farewell: tuple[Notice, ...] = ()
    if contact is not None:
        params = {"deleted_at": deleted_at.isoformat(), "language": language}
        farewell = (notice(ACCOUNT_DELETED, cause, now, params, address=contact.address),)
    return Effects(
        gone(cause.account_id, version=cause.version),
        farewell,
        cancels=_ALL_BUT_THE_FAREWELL,
        reason="account_deleted",
        erases=contact,
    )
