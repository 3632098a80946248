"""The last look before a mail goes out: whether it is still worth sending, by what is true now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from notifications.domain.kinds import KINDS
from notifications.domain.mail import ClaimedMail


@dataclass(frozen=True, slots=True)
class Stale:
    """The mail is not sent: it ends in `state`, because of `reason`."""

    state: Literal["cancelled", "refused", "expired"]
    reason: str


def check(mail: ClaimedMail, now: datetime) -> Stale | None:
    """Why the mail is not to be sent at `now`, or None when it is.

    A kind of its own time is over at `not_after`; its recipient must be in the state that the kind asks for (an
    activation is of no use to an active account); a suppressed address gets nothing.
    """
    if mail.not_after <= now:
        return Stale("expired", "too_late")
    kind = KINDS.get(mail.kind)
    if kind is None:
        return Stale("cancelled", "unknown_kind")
    if mail.contact_state != kind.contact_state:
        return Stale("cancelled", f"contact_{mail.contact_state}")
    if mail.suppressed:
        return Stale("refused", "suppressed")
    return None
