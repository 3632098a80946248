"""What the inbox tells of a mail: the shapes that its API serves and its client reads."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)


class Envelope(_Shape):
    """Who sent to whom by the SMTP commands, which is what counts, whatever the headers claim (RFC 5321)."""

    sender: str = Field(description="Empty for the empty return path.")
    recipients: tuple[str, ...]


class Heading(_Shape):
    """What a list of mails shows of one: the headers decoded for people, None where the mail has none."""

    message_id: str | None = None
    kind: str | None = Field(default=None, description="The header X-Dzwonek-Kind.")
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    subject: str | None = None


class MailSummary(Heading):
    """One kept mail in a list."""

    id: int = Field(description="Counts up from 1 in the order of arrival and is never used again.")
    received_at: datetime
    envelope: Envelope
    size: int = Field(description="Bytes as received.")


class Header(_Shape):
    """One header line, unfolded and decoded."""

    name: str
    value: str


class Attachment(_Shape):
    """A part of the mail that is neither its text nor its HTML."""

    name: str
    media_type: str
    size: int = Field(description="Bytes after decoding.")


class Content(_Shape):
    """The inside of a mail."""

    headers: tuple[Header, ...]
    text: str | None
    html: str | None
    links: tuple[str, ...] = Field(description="Every http and https link of both bodies, each once.")
    attachments: tuple[Attachment, ...]


class Mail(MailSummary, Content):
    """One kept mail with its inside."""


class Receipt(_Shape):
    """One time that a message arrived and was kept."""

    id: int
    received_at: datetime
    envelope: Envelope
    answered: bool = Field(default=True, description="False: the client was not told, so that it may send it again.")


class LedgerEntry(_Shape):
    """How often the message of one Message-ID arrived, oldest receipt first. Mails without one share the entry None."""

    message_id: str | None
    times: int
    receipts: tuple[Receipt, ...]
