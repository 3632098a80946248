"""What a rule looks at and what it answers: the cause of an event, and what follows from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from notifications.domain.contacts import Contact
from notifications.domain.kinds import NOTICE_LIFETIME, Kind

P = ParamSpec("P")
Params = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a rule looks at: its envelope with the trace context, the account and the version it tells of."""

    event_id: UUID
    event_type: str
    event_time: datetime
    account_id: UUID
    version: int
    district_id: UUID | None = None
    school_id: UUID | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One fact for one person, told once: it becomes a mail of `kind`, due at `due_at`, of no use after `not_after`.

    `address` is where it goes when its kind has an address of its own; all others go to the contact's, whichever that
    is by then.
    """

    kind: Kind
    cause: Cause
    due_at: datetime
    not_after: datetime
    params: Params = field(default_factory=dict)
    sealed_token: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if (self.address is not None) != self.kind.own_address:
            raise ValueError(f"a notice of the kind {self.kind.name} brings an address just when its kind says so")

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
    stated reason. `moves` says that the contact has another address, which mails queued for the contact go to.
    `erases` is the contact as it was, when everything kept about the account has to go. Of the address `forgets`
    nothing is kept, not even that it is suppressed.
    """

    contact: Contact | None = None
    notices: tuple[Notice, ...] = ()
    cancels: frozenset[str] = frozenset()
    reason: str = ""
    waits: bool = False
    moves: bool = False
    erases: Contact | None = None
    forgets: str | None = None


NOTHING = Effects()
WAITS = Effects(waits=True)


def of_active_account(
    rule: Callable[Concatenate[Contact, Cause, P], Effects],
) -> Callable[Concatenate[Contact | None, Cause, P], Effects]:
    """Makes a rule of an event that only an active account has.

    Where its registration or activation has not arrived yet, that has to come first; who is gone hears nothing.
    """

    @wraps(rule)
    def asked(contact: Contact | None, cause: Cause, /, *args: P.args, **kwargs: P.kwargs) -> Effects:
        if contact is None or contact.state == "pending":
            return WAITS
        if contact.state == "gone":
            return NOTHING
        return rule(contact, cause, *args, **kwargs)

    return asked


def is_settled(contact: Contact | None, cause: Cause) -> bool:
    """Whether the event has nothing new to say about the contact."""
    return contact is not None and (contact.state == "gone" or contact.version >= cause.version)


def notice(
    kind: Kind, cause: Cause, now: datetime, params: Params | None = None, *, address: str | None = None
) -> Notice:
    """A notice that is due at once and has no end of its own."""
    return Notice(kind, cause, now, cause.event_time + NOTICE_LIFETIME, params or {}, address=address)
