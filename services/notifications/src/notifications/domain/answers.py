"""What a relay's answer to a mail means.

Decided by the table below, first by the enhanced status code (RFC 3463, RFC 5248), then by the reply code (RFC 5321),
and by the words only where both leave it open. A recipient is suppressed only for an answer to RCPT or to the content
that says without doubt that there is no such mailbox.

| answer | class | what follows |
|---|---|---|
| 2xx to the content | accepted | settled |
| 5.1.1 5.1.2 5.1.3 5.1.6 5.1.10, 556, 550/551/553 in plain words | no mailbox | refused, address suppressed |
| 4.2.2 5.2.2, 552 or 452 to RCPT without an enhanced code | mailbox full | this mail alone is tried again |
| 5.7.x, 550/554 that speak of spam, blocking or policy | policy | kept; counts as a fault of the domain |
| 5.1.7 5.1.8 5.3.x 5.5.x 5.6.x 500-504 530 535 538 555, 5xx to MAIL or DATA | own fault | kept; counts as a fault |
| 421, 4.3.2 4.4.5 4.7.28, 4xx that speak of rates | rate | kept; the domain is paused, then ramped up |
| other 4xx | transient | tried again |
| other 5xx | refused | refused, not suppressed |
| none in time, once the recipient was told | silent | kept; the domain is paused, then one mail at a time is tried |
| the connection broken off, once the recipient was told | broken off | kept; counts as a fault |
| none, and the recipient was not told yet | network | tried again; it is the relay's fault alone |
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """How far a mail got: the command that was answered, or that got no answer."""

    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"


class AnswerClass(StrEnum):
    """What an answer means for the mail and for its domain."""

    ACCEPTED = "accepted"
    NO_MAILBOX = "no_mailbox"
    REFUSED = "refused"
    MAILBOX_FULL = "mailbox_full"
    POLICY = "policy"
    OWN_FAULT = "own_fault"
    RATE = "rate"
    TRANSIENT = "transient"
    SILENT = "silent"
    BROKEN_OFF = "broken_off"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and its class. `text` is the server's own words, and empty where the network gave none."""

    kind: AnswerClass
    code: int | None = None
    enhanced: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's final reply to one mail, as it came."""

    stage: Stage
    code: int
    text: str


_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_UNKNOWN = re.compile(
    r"(user|recipient|address|mailbox|account)\s+(is\s+)?(unknown|not found|does not exist|doesn't exist)"
    r"|(unknown|no such|invalid|nonexistent|non-existent)\s+(local\s+)?(user|recipient|mailbox|account|address)"
    r"|no mailbox (here|by that name)",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"spam|block|black\s?list|policy|denied|reject(ed)? (due|by)|reputation|spf|dkim|dmarc|relay|authenticat|banned"
    r"|rcpthosts|not (allowed|permitted)|prohibited",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\brate\b|too (many|much|fast)|throttl|limit (has been )?(exceeded|reached)|slow down", re.IGNORECASE
)
_SIZE = re.compile(r"\bsize\b|too (big|large|long)", re.IGNORECASE)

_NO_MAILBOX: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
_OUR_ADDRESS: Final = frozenset({"5.1.7", "5.1.8"})
_RATES: Final = frozenset({"4.3.2", "4.4.5", "4.7.28"})
_OUR_CODES: Final = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538, 555})
_BY_SUBJECT: Final = {"3": AnswerClass.OWN_FAULT, "5": AnswerClass.OWN_FAULT, "6": AnswerClass.OWN_FAULT}
_ACCEPTED: Final = range(200, 300)
_RETRIED: Final = range(400, 500)
_REFUSED: Final = range(500, 600)
_CLOSING: Final = 421
_NO_ROOM: Final = 452
_NO_ROOM_EVER: Final = 552
_FAILED: Final = 554
_TAKES_NO_MAIL: Final = 556  # RFC 7504


def classify(reply: Reply) -> Answer:
    """The answer that `reply` is."""
    match = _ENHANCED.match(reply.text)
    enhanced = match[0] if match and match[1] == str(reply.code)[0] else None
    return Answer(_class_of(reply, enhanced), reply.code, enhanced, reply.text)


def no_answer(text: str, *, about_recipient: bool, silent: bool) -> Answer:
    """The connection was lost or, where it is `silent`, the deadline passed before the mail was answered.

    `about_recipient` tells that the relay had answered the sender, so that what it owed was an answer about the
    recipient: a relay that asks the recipient's server first falls silent with it.
    """
    if not about_recipient:
        return Answer(AnswerClass.NETWORK, text=text)
    return Answer(AnswerClass.SILENT if silent else AnswerClass.BROKEN_OFF, text=text)


def _class_of(reply: Reply, enhanced: str | None) -> AnswerClass:
    if reply.code in _REFUSED:
        return _refusal(reply, enhanced) if enhanced else _bare_refusal(reply)
    if reply.code in _RETRIED:
        return _delay(reply, enhanced)
    if reply.stage is Stage.CONTENT and reply.code in _ACCEPTED:
        return AnswerClass.ACCEPTED
    return AnswerClass.TRANSIENT  # out of step: a success where none can be


def _delay(reply: Reply, enhanced: str | None) -> AnswerClass:
    """A 4xx reply. Greylisting (4.7.1 and the like) is no rate limit: the mail simply comes back."""
    if enhanced == "4.2.2" or (enhanced is None and reply.code == _NO_ROOM and reply.stage is Stage.RCPT):
        return AnswerClass.MAILBOX_FULL
    if enhanced == "4.4.2":  # "connection timed out": this connection's end, nobody's rate
        return AnswerClass.NETWORK
    if reply.code == _CLOSING or enhanced in _RATES:
        return AnswerClass.RATE
    if (enhanced is None or enhanced.startswith("4.7.")) and _RATE.search(reply.text):
        return AnswerClass.RATE
    return AnswerClass.TRANSIENT


def _refusal(reply: Reply, enhanced: str) -> AnswerClass:
    """A 5xx reply with an enhanced code."""
    about_recipient = reply.stage in {Stage.RCPT, Stage.CONTENT}
    subject = enhanced.split(".")[1]
    if enhanced == "5.2.2":
        return AnswerClass.MAILBOX_FULL
    if subject == "7":
        return AnswerClass.POLICY
    if not about_recipient or enhanced in _OUR_ADDRESS:
        return AnswerClass.OWN_FAULT
    if enhanced in _NO_MAILBOX:
        return AnswerClass.NO_MAILBOX
    if enhanced == "5.6.7":  # an address with letters beyond ASCII that its server does not take
        return AnswerClass.REFUSED
    return _BY_SUBJECT.get(subject, AnswerClass.REFUSED)


def _bare_refusal(reply: Reply) -> AnswerClass:
    """A 5xx reply without an enhanced code: the code, then the words."""
    if reply.code in _OUR_CODES or reply.stage in {Stage.MAIL, Stage.DATA}:
        return AnswerClass.POLICY if _POLICY.search(reply.text) else AnswerClass.OWN_FAULT
    if reply.code == _TAKES_NO_MAIL:
        return AnswerClass.NO_MAILBOX
    if reply.code == _NO_ROOM_EVER:
        large = reply.stage is Stage.CONTENT and _SIZE.search(reply.text)
        return AnswerClass.OWN_FAULT if large else AnswerClass.MAILBOX_FULL
    if _POLICY.search(reply.text):
        return AnswerClass.POLICY
    if _UNKNOWN.search(reply.text):
        return AnswerClass.NO_MAILBOX
    return AnswerClass.POLICY if reply.code == _FAILED or reply.stage is Stage.CONTENT else AnswerClass.REFUSED
