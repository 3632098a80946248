"""Asks Mailpit what has arrived, in the words of our own inbox: its list, and each mail as it was received."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import httpx

from devstack.inbox.arrivals import Arrivals
from devstack.inbox.mail import Envelope, Mail, MailSummary
from devstack.inbox.reading import read_content, read_heading

_MOST = 1000


class MailpitClient(Arrivals):
    """A client of one Mailpit, also an async context manager. Mails are numbered from 1 as they are first seen."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)
        self._seen: dict[str, Mail] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def mails(self, to: str | None = None) -> Sequence[MailSummary]:
        """The newest mails first: to this envelope recipient."""
        answer = await self._http.get("/api/v1/messages", params={"limit": _MOST})
        for listed in reversed(answer.raise_for_status().json()["messages"]):
            if listed["ID"] not in self._seen:
                self._seen[listed["ID"]] = await self._read(listed, number=len(self._seen) + 1)
        wanted = to and to.casefold()
        found = [
            mail
            for mail in self._seen.values()
            if wanted is None or wanted in map(str.casefold, mail.envelope.recipients)
        ]
        return found[::-1]

    async def mail(self, number: int) -> Mail:
        """One mail with its inside."""
        return next(mail for mail in self._seen.values() if mail.id == number)

    async def _read(self, listed: dict[str, Any], *, number: int) -> Mail:
        answer = await self._http.get(f"/api/v1/message/{listed['ID']}/raw")
        raw = answer.raise_for_status().content
        content = read_content(raw)
        sender = next((header.value for header in content.headers if header.name == "Return-Path"), "")
        people = [*(listed["To"] or ()), *(listed["Cc"] or ()), *(listed["Bcc"] or ())]
        return Mail(
            id=number,
            received_at=datetime.fromisoformat(listed["Created"]),
            envelope=Envelope(sender=sender.strip("<>"), recipients=tuple(person["Address"] for person in people)),
            size=listed["Size"],
            **dict(read_heading(raw)),
            **dict(content),
        )
