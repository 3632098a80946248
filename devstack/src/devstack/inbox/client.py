"""Asks the inbox what has arrived, for tests and the demo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import httpx
from pydantic import TypeAdapter

from devstack.inbox.arrivals import Arrivals
from devstack.inbox.mail import LedgerEntry, Mail, MailSummary

_PAGE = 1000
_SUMMARIES = TypeAdapter(list[MailSummary])
_ENTRIES = TypeAdapter(list[LedgerEntry])


class InboxClient(Arrivals):
    """A client of one inbox's JSON API, also an async context manager."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def mails(
        self, to: str | None = None, *, since: datetime | None = None, limit: int = _PAGE
    ) -> list[MailSummary]:
        """The newest mails first: to this envelope recipient, received at `since` or later."""
        wanted = {"to": to, "since": since and since.isoformat(), "limit": limit}
        answer = await self._get("/api/mails", {name: value for name, value in wanted.items() if value is not None})
        return _SUMMARIES.validate_python(answer["mails"])

    async def mail(self, number: int) -> Mail:
        """One mail with its inside."""
        return Mail.model_validate(await self._get(f"/api/mails/{number}"))

    async def ledger(self, *, after: int = 0) -> list[LedgerEntry]:
        """Every Message-ID that ever arrived, with each of its receipts, in the order of the first ones.

        With `after` only those whose first receipt has a higher id.
        """
        entries: list[LedgerEntry] = []
        left: int | None = after
        while left is not None:
            page = await self._get("/api/ledger", {"after": left, "limit": _PAGE})
            entries += _ENTRIES.validate_python(page["messages"])
            left = page["next_after"]
        return entries

    async def behave(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Makes the inbox misbehave by these rules (behaviour.py) in place of all others; by none it is good.

        Raises httpx.HTTPStatusError when a rule is not a valid one.
        """
        (await self._http.put("/api/behaviour", json=list(rules))).raise_for_status()

    async def applied(self) -> Sequence[int]:
        """How often each rule in force has applied."""
        answer = await self._get("/api/behaviour")
        return [entry["applied"] for entry in answer["rules"]]

    async def clear(self) -> None:
        """Forgets all mails; the ledger stays."""
        (await self._http.delete("/api/mails")).raise_for_status()

    async def _get(self, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        response = await self._http.get(path, params=query)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer
