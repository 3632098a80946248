"""What is told of a mail that was cancelled before it was sent."""

from datetime import datetime

from notifications import SERVICE
from notifications.store import CancelledMail
from shared.contracts.envelope import Event
from shared.contracts.notifications import MailStateChanged
from shared.runtime.events import new_event


def told(mail: CancelledMail, now: datetime, traceparent: str | None = None) -> Event[MailStateChanged]:
    """The event of it, caused in the trace of `traceparent`."""
    data = MailStateChanged(
        mail_id=mail.mail_id,
        account_id=mail.account_id,
        lane=mail.lane,
        kind=mail.kind,
        state="cancelled",
        reason=mail.reason,
        changed_at=now,
    )
    return new_event(SERVICE, data, now=now, district=mail.district_id, school=mail.school_id, caused_in=traceparent)
