"""Rules of school logins linked with the account: one more, and one less."""

from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Params, notice, of_active_account
from notifications.domain.kinds import LOGIN_LINKED, LOGIN_UNLINKED


@of_active_account
def login_linked(contact: Contact, cause: Cause, now: datetime, *, language: str, link: Params) -> Effects:
    """A school login was linked: the account's owner is told when, of what kind it is, how it ends, and the school."""
    return Effects(contact.told(version=cause.version, language=language), (notice(LOGIN_LINKED, cause, now, link),))


@of_active_account
def login_unlinked(contact: Contact, cause: Cause, now: datetime, *, language: str, link: Params) -> Effects:
    """A school login is linked no longer: the account's owner is told the same, and who ended it."""
    return Effects(contact.told(version=cause.version, language=language), (notice(LOGIN_UNLINKED, cause, now, link),))
