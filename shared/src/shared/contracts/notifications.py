"""Events of mails, emitted by the notifications service."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import EventData, Instant, Version
from shared.contracts.topics import (
    NOTIFICATIONS_MAIL_BULK,
    NOTIFICATIONS_MAIL_DIRECT,
    NOTIFICATIONS_MAIL_SECURITY,
    Lane,
    Topic,
)

MailState = Literal["accepted", "refused", "expired", "cancelled"]

_TOPICS = {
    Lane.SECURITY: NOTIFICATIONS_MAIL_SECURITY,
    Lane.DIRECT: NOTIFICATIONS_MAIL_DIRECT,
    Lane.BULK: NOTIFICATIONS_MAIL_BULK,
}


class MailStateChanged(EventData):
    """A mail reached an end: the relay accepted it, refused it for good, or it was not worth sending any more."""

    TYPE: ClassVar[str] = "pl.dzwonek.mail.state-changed.v1"
    TOPIC: ClassVar[Topic] = NOTIFICATIONS_MAIL_DIRECT

    mail_id: UUID
    account_id: UUID = Field(description="The recipient; also the key, so that a person's mails keep their order.")
    version: Version = 1
    lane: Literal["security", "direct", "bulk"]
    kind: str = Field(description="What the mail is, for example `activation`.", max_length=64)
    state: MailState
    reason: str | None = Field(default=None, description="The class of the answer, for example `no_mailbox`.")
    changed_at: Instant

    @property
    def key(self) -> str:
        """The recipient's account."""
        return str(self.account_id)

    @property
    def topic(self) -> Topic:
        """The topic of the mail's lane: a million bulk mails delay no news of a security mail."""
        return _TOPICS[Lane(self.lane)]
