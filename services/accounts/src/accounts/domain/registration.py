"""What a registration, and asking for the link again, leads to.

Whoever asks learns nothing of it: the answer is the same in every case (OWASP ASVS 5.0, 6.3.8). What happens is told
by mail, to the owner of the address alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

LIFETIME = timedelta(days=14)
"""From registration to activation; asking again does not move the end (domain.md, People and logins)."""

LIMIT_WINDOW = timedelta(hours=1)
MAILS_IN_WINDOW = 3
TOLD_IN_WINDOW = 1
"""That there is an account already: it serves once, and whoever asks for it is mostly a stranger."""

QUIET = timedelta(seconds=60)
"""After a mail to an address no other is sent for so long: the first is on its way and its link still good."""


NO_QUIET = timedelta(0)
"""Where it is the last link itself that says whether it still serves."""

Language = Literal["pl", "en", "uk"]


class State(StrEnum):
    """Where an account stands."""

    PENDING = "pending"
    ACTIVE = "active"


class AgeBracket(StrEnum):
    """How old the person is, no more exactly than is needed."""

    UNDER_13 = "under_13"
    FROM_13_TO_15 = "13_15"
    FROM_16_TO_17 = "16_17"
    ADULT = "adult"


@dataclass(frozen=True)
class Account:
    """What the rules need of an account."""

    account_id: UUID
    state: State
    version: int
    language: Language
    registered_at: datetime
    expires_at: datetime

    def expired(self, now: datetime) -> bool:
        """Whether nobody activated it in time."""
        return self.state is State.PENDING and now >= self.expires_at


@dataclass(frozen=True)
class Known:
    """What is known of an address: its account, and when mails were sent to it in the last hour.

    `told_at` are those that said that there is an account already. They count by themselves, as resets do: nobody
    registers an address to keep its owner from another mail.
    """

    account: Account | None
    mailed_at: Sequence[datetime] = ()
    told_at: Sequence[datetime] = ()


@dataclass(frozen=True)
class Register:
    """Nobody has the address: a pending account is made and the link mailed."""


@dataclass(frozen=True)
class Renew:
    """The account waits for activation: earlier links are revoked and a new one is mailed."""

    account: Account


@dataclass(frozen=True)
class TellOwner:
    """The account is active: its owner is told that somebody registered the address again."""

    account: Account


@dataclass(frozen=True)
class Expire:
    """The account's time is over and the scheduler has not come by yet: it is deleted first, then decided again."""

    account: Account


@dataclass(frozen=True)
class Silence:
    """Nothing happens and nothing is mailed."""


def decide_registration(
    known: Known, now: datetime, quiet: timedelta = QUIET
) -> Register | Renew | TellOwner | Expire | Silence:
    """What registering an address leads to."""
    account = known.account
    if account and account.state is State.ACTIVE:
        told_lately = len(_recent(known.told_at, now)) >= TOLD_IN_WINDOW
        return Silence() if told_lately or not _is_quiet(known.mailed_at, now, quiet) else TellOwner(account)
    if not may_mail(known.mailed_at, now, quiet):
        return Silence()
    if account is None:
        return Register()
    return Expire(account) if account.expired(now) else Renew(account)


def decide_asking_again(known: Known, now: datetime, quiet: timedelta = QUIET) -> Renew | Silence:
    """What asking for the activation link again leads to."""
    account = known.account
    if account is None or account.state is State.ACTIVE or account.expired(now):
        return Silence()
    return Renew(account) if may_mail(known.mailed_at, now, quiet) else Silence()


def may_mail(mailed_at: Sequence[datetime], now: datetime, quiet: timedelta) -> bool:
    """Whether an address may get another mail: three an hour, and none so soon that the last link still serves."""
    return len(_recent(mailed_at, now)) < MAILS_IN_WINDOW and _is_quiet(mailed_at, now, quiet)


def _recent(mailed_at: Sequence[datetime], now: datetime) -> Sequence[datetime]:
    return [instant for instant in mailed_at if now - instant < LIMIT_WINDOW]


def _is_quiet(mailed_at: Sequence[datetime], now: datetime, quiet: timedelta) -> bool:
    return all(now - instant >= quiet for instant in mailed_at)
