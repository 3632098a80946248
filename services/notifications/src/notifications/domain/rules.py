"""What each event of an account means for its contact and its mails.

A rule is a pure function: what happened and what is known of the contact -> effects. Rules hold for any order and any
number of repeats of the events: a version that is not newer than the contact's changes nothing, a contact that is gone
stays gone, what needs a contact that is not there yet waits for it, and a dedup key lets a fact be told once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from notifications.domain.contacts import Contact, gone
from notifications.domain.kinds import (
    ACCOUNT_EXISTS,
    ACTIVATION,
    ACTIVATION_REMINDER,
    KINDS,
    NOTICE_LIFETIME,
    REMINDED_AFTER,
    WELCOME,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a rule looks at: its envelope, the account and the version it tells of."""

    event_id: UUID
    event_type: str
    event_time: datetime
    account_id: UUID
    version: int
    district_id: UUID | None = None
    school_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration, or asking for the link again, says: language, terms, times and the two sealed tokens."""

    language: str
    terms_version: str
    registered_at: datetime
    expires_at: datetime
    activation_token: str
    reminder_token: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One fact for one person, told once: it becomes a mail of `kind`, due at `due_at`, of no use after `not_after`."""

    kind: Kind
    cause: Cause
    due_at: datetime
    not_after: datetime
    params: Mapping[str, str] = field(default_factory=dict)
    sealed_token: str | None = None

    @property
    def dedup_key(self) -> str:
        """What lets this fact be told once, whatever is repeated."""
        return self.kind.dedup_key.format(
            account_id=self.cause.account_id, version=self.cause.version, event_id=self.cause.event_id
        )

    @property
    def thread_id(self) -> str:
        """The thread that the mail belongs to: the mails about one account lie together in the mailbox."""
        return f"account-{self.cause.account_id}"


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows from an event. `waits` means: nothing yet, the contact has to come first.

    `contact` is the contact as it is from now on. Queued mails of the kinds `cancels` are not sent any more, for the
    stated reason. Of the address `forgets` nothing is kept, not even that it is suppressed.
    """

    contact: Contact | None = None
    notices: tuple[Notice, ...] = ()
    cancels: frozenset[str] = frozenset()
    reason: str = ""
    forgets: str | None = None
    waits: bool = False


NOTHING = Effects()
WAITS = Effects(waits=True)

_LINKS = frozenset({ACTIVATION.name, ACTIVATION_REMINDER.name})


def registered(
    contact: Contact | None, cause: Cause, registration: Registration, address: str, now: datetime
) -> Effects:
    """A person registered: the activation mail at once, the reminder 11 days after registration."""
    if _is_settled(contact, cause):
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
    if contact.state != "pending" or _is_settled(contact, cause):
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
    if _is_settled(contact, cause):
        return NOTHING
    active = contact.activated(version=cause.version, language=language)
    welcome = _notice(WELCOME, cause, now, {"terms_version": terms_version})
    return Effects(active, (welcome,), cancels=_LINKS, reason="activated")


def registration_expired(contact: Contact | None, cause: Cause) -> Effects:
    """Nobody activated the account in time: the address is wiped, whatever is queued is cancelled.

    An account never heard of becomes a tombstone too, so that its late registration mails nobody.
    """
    if _is_settled(contact, cause):
        return NOTHING
    return Effects(
        gone(cause.account_id, version=cause.version),
        cancels=frozenset(KINDS),
        reason="registration_expired",
        forgets=contact.address if contact else None,
    )


def registration_attempted(contact: Contact | None, cause: Cause, now: datetime) -> Effects:
    """Somebody registered the address of an active account: its owner is told that there is an account.

    Where the activation has not arrived yet, it has to come first.
    """
    if contact is None or contact.state == "pending":
        return WAITS
    if contact.state == "gone":
        return NOTHING
    return Effects(notices=(_notice(ACCOUNT_EXISTS, cause, now),))


def _is_settled(contact: Contact | None, cause: Cause) -> bool:
    """Whether the event has nothing new to say about the contact."""
    return contact is not None and (contact.state == "gone" or contact.version >= cause.version)


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


def _notice(kind: Kind, cause: Cause, now: datetime, params: Mapping[str, str] | None = None) -> Notice:
    """A notice that is due at once and has no end of its own."""
    return Notice(kind, cause, now, cause.event_time + NOTICE_LIFETIME, params or {})
