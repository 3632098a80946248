"""One mail at a time: looks at it once more, writes it, sends it, and says what became of it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from notifications.domain.answers import Answer, Reply, Stage, classify, no_answer
from notifications.domain.freshness import Stale, check
from notifications.domain.mail import ClaimedMail
from notifications.sender.connections import Connections
from notifications.sender.letters import CannotWrite, Letter, Letters, NoSuchAddress
from notifications.sender.outcome import Attempt, Outcome, answered, given_back, stale, unfit
from notifications.sender.spans import in_trace
from notifications.smtp.conversation import Conversation, ConversationLost, UnsafeContent
from notifications.smtp.relay import RelayAway
from shared.runtime.postgres import unavailable

log = structlog.get_logger()

FRESH_SECONDS = 1.0
"""A mail claimed longer ago is looked up again before it is sent: it may have been cancelled."""

_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a courier asks before it sends.

    `may_send` is false while the sender is stopping or outcomes cannot be recorded. `mail_seconds` is the longest that
    a mail can take, `lease_seconds` how long it is ours.
    """

    may_send: Callable[[], bool]
    still_held: Callable[[ClaimedMail], Awaitable[bool]]
    mail_seconds: float
    lease_seconds: float


class Courier:
    """Delivers mails over the connections of a lane; any number of mails at once."""

    def __init__(self, connections: Connections, letters: Letters, conditions: Conditions) -> None:
        self._connections = connections
        self._letters = letters
        self._conditions = conditions

    async def handle(self, mail: ClaimedMail) -> Outcome | None:
        """What becomes of the mail; None when it is not ours any more and nothing was done.

        A kept connection may have ended while nobody used it: then the mail is sent over another, as if nothing had
        been.
        """
        why = check(mail, _now())
        if why is not None:
            return stale(mail, why)
        while True:
            if not self._may_start(mail):
                return given_back(mail, _now())
            try:
                conversation = await self._connections.take()
            except RelayAway:
                return given_back(mail, _now())
            try:
                held = await self._is_still_held(mail)
                if held is False:
                    return None
                if held is None or not self._may_start(mail):
                    return given_back(mail, _now())
                outcome = await self._send(conversation, mail)
            finally:
                self._connections.give(conversation)
            if outcome is not None:
                return outcome

    def _may_start(self, mail: ClaimedMail) -> bool:
        """Whether the mail can be sent before its lease ends, whatever the relay does."""
        return self._conditions.may_send() and mail.lease_ends - time.monotonic() > self._conditions.mail_seconds

    async def _is_still_held(self, mail: ClaimedMail) -> bool | None:
        """Whether the mail is still ours to send; None when the database cannot say."""
        claimed = mail.lease_ends - self._conditions.lease_seconds
        if time.monotonic() - claimed < FRESH_SECONDS:
            return True
        try:
            return await self._conditions.still_held(mail)
        except Exception as error:
            if not unavailable(error):
                raise
            return None

    async def _send(self, conversation: Conversation, mail: ClaimedMail) -> Outcome | None:
        """The outcome, or None when the connection had ended before and the mail is to go over another."""
        try:
            letter = self._letters.write(mail)
        except NoSuchAddress:
            return stale(mail, Stale("refused", "bad_address"))
        except CannotWrite as fault:
            return _fault(mail, fault.reason)
        started_at = _now()
        try:
            answer = await in_trace(mail, _deliver(conversation, letter))
        except UnsafeContent:
            return _fault(mail, "unsafe_content")
        return None if answer is None else answered(mail, Attempt(started_at, _now(), answer))


async def _deliver(conversation: Conversation, letter: Letter) -> Answer | None:
    """The answer to the letter, or None when a kept connection turned out to have ended before it."""
    was_used = conversation.mails > 0
    try:
        reply = await conversation.deliver(letter.sender, letter.recipient, letter.content)
    except ConversationLost as lost:
        had_ended = was_used and not lost.in_doubt and not lost.silent
        if had_ended:
            return None
        return no_answer(lost.reason, about_recipient=lost.about_recipient, silent=lost.silent)
    return None if was_used and _is_farewell(reply) else classify(reply)


def _is_farewell(reply: Reply) -> bool:
    """A relay that closes a kept connection says so in answer to the next mail's first command."""
    return reply.code == _CLOSING and reply.stage is Stage.MAIL


def _fault(mail: ClaimedMail, reason: str) -> Outcome:
    log.error("mail_unfit", mail_id=str(mail.mail_id), kind=mail.kind, reason=reason)
    return unfit(mail, reason, _now())


def _now() -> datetime:
    return datetime.now(UTC)
