"""What becomes of a mail that was held: settled, kept for another try, or given back untried."""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from notifications.domain.answers import Answer, AnswerClass
from notifications.domain.freshness import Stale
from notifications.domain.mail import ClaimedMail
from notifications.domain.retries import next_try
from shared.contracts.notifications import MailState

_SETTLED: Final[dict[AnswerClass, MailState]] = {
    AnswerClass.ACCEPTED: "accepted",
    AnswerClass.NO_MAILBOX: "refused",
    AnswerClass.REFUSED: "refused",
}
_UNANSWERED: Final = frozenset({AnswerClass.SILENT, AnswerClass.BROKEN_OFF, AnswerClass.NETWORK})
_REPLY_LENGTH = 500
_ADDRESS = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")
_GAP = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, and the answer to it."""

    started_at: datetime
    answered_at: datetime
    answer: Answer

    @property
    def reply(self) -> str | None:
        """The server's words on one line, every address in them replaced: what is kept names nobody."""
        text = self.answer.text
        if "@" in text:
            text = _ADDRESS.sub("<recipient>", text).replace("<<recipient>>", "<recipient>")
        return _GAP.sub(" ", text)[:_REPLY_LENGTH] or None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to record. `state` is None for a mail that stays queued, due again at `due_at`."""

    mail: ClaimedMail
    state: MailState | None
    reason: str | None = None
    due_at: datetime | None = None
    attempt: Attempt | None = None

    @property
    def tried(self) -> bool:
        """Whether the attempt that the claim began counts."""
        return self.attempt is not None or self.state is not None or self.reason is not None

    @property
    def domain_answered(self) -> bool | None:
        """Whether there was an answer, as far as it concerns the mail's domain; None when the mail was not tried."""
        return self.attempt.answer.kind not in _UNANSWERED if self.attempt else None

    @property
    def suppressed_address(self) -> str | None:
        """The address that gets nothing any more, in small letters, or None."""
        gone = self.attempt is not None and self.attempt.answer.kind is AnswerClass.NO_MAILBOX
        return self.mail.address.lower() if gone else None


def answered(mail: ClaimedMail, attempt: Attempt) -> Outcome:
    """The outcome of an attempt: settled, or kept until its next try, or expired when that would come too late."""
    kind = attempt.answer.kind
    state = _SETTLED.get(kind)
    if state is not None:
        return Outcome(mail, state, None if state == "accepted" else kind.value, attempt=attempt)
    return _kept(mail, kind.value, attempt.answered_at, attempt)


def unfit(mail: ClaimedMail, reason: str, now: datetime) -> Outcome:
    """The mail could not be written or opened: a fault of ours, so it is kept and tried again."""
    return _kept(mail, reason, now, None)


def stale(mail: ClaimedMail, why: Stale) -> Outcome:
    """The mail is not worth sending any more."""
    return Outcome(mail, why.state, why.reason)


def given_back(mail: ClaimedMail, now: datetime) -> Outcome:
    """The mail was not tried: it is due at once, for whoever can send it, and no attempt is used up."""
    return Outcome(mail, None, due_at=now)


def put_off(mail: ClaimedMail, now: datetime) -> Outcome:
    """The mail was not tried, because its domain keeps those before it waiting: it is due in a moment."""
    later = now + timedelta(seconds=random.uniform(1, 2))  # noqa: S311 - no secret
    return Outcome(mail, None, due_at=min(later, mail.not_after))


def _kept(mail: ClaimedMail, reason: str, now: datetime, attempt: Attempt | None) -> Outcome:
    due_at = next_try(mail.mail_id, mail.attempts, now=now, not_after=mail.not_after)
    if due_at is None:
        return Outcome(mail, "expired", reason, attempt=attempt)
    return Outcome(mail, None, reason, due_at, attempt)
