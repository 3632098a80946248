"""What goes into rendering, and why it can fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


class CannotRender(ValueError):  # noqa: N818 - reads as the state of the mail
    """The mail can never be rendered, however often it is tried. The message holds no personal data."""


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """Who the mails come from.

    `public_url` is where the links lead, `message_id_domain` the right side of every Message-ID; both belong to the
    installation and stay the same, so that a retry renders the same bytes.
    """

    public_url: str
    from_name: str
    from_address: str
    message_id_domain: str


@dataclass(frozen=True, slots=True)
class MailToRender:
    """One mail. `params` and `token` are what its kind asks for (see `facts`); `thread_id` joins mails to a thread."""

    mail_id: UUID
    kind: str
    language: str
    address: str
    created_at: datetime
    thread_id: str
    params: Mapping[str, Any]
    token: str | None = None
