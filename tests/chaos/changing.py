"""People who change one thing after the other, faster than anybody reads a mail."""

import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx

from shared.contracts.accounts import AccountRegistered, EmailChangeRequested
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EventData, decode
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Unsealer
from shared.terms import current_version
from tests.chaos.load import ASIDE, PASSWORD

NEW_PASSWORD = "czerwona lokomotywa 8"
KINDS = (
    "activation",
    "activation_reminder",
    "email_change_confirm",
    "email_change_requested",
    "email_changed",
    "email_changed_here",
    "password_changed",
    "welcome",
)
"""What is noticed of all that one of them does."""

EVENTS = """
SELECT headers, value FROM (SELECT id, key, headers, value FROM outbox
                            UNION ALL SELECT id, key, headers, value FROM outbox_archive) AS events
WHERE key = $1 ORDER BY id
"""
_numbers = count(1)

D = TypeVar("D", bound=EventData)


@dataclass(frozen=True)
class Changed:
    """What somebody has at the end."""

    account_id: UUID
    version: int
    address: str


class Changing:
    """Somebody who takes the links from the events, as notifications would, and not from the mailbox.

    Args:
        client: speaks to the gateway.
        accounts: connections to the database of accounts.
    """

    def __init__(self, client: httpx.AsyncClient, accounts: Pool, private_keys: Path) -> None:
        self._client = client
        self._accounts = accounts
        self._unsealer = Unsealer(private_keys)

    async def change(self) -> Changed:
        """Registers, activates, takes another password, and another address."""
        number = next(_numbers)
        first, last = f"first{number}@{ASIDE}", f"last{number}@{ASIDE}"
        await self._post("registrations", email=first, password=PASSWORD, age_bracket="adult", language="pl")
        account_id = await self._accounts.fetchval("SELECT account_id FROM accounts WHERE email = $1", first)
        registered = await self._newest(account_id, AccountRegistered)
        link = self._unsealer.open(registered.activation_token)
        await self._post("activations", token=link, password=PASSWORD, terms_version=current_version())
        session = (await self._post("sessions", email=first, password=PASSWORD))["access_token"]
        await self._send("PUT", "me/password", session, password=PASSWORD, new_password=NEW_PASSWORD)
        await self._send("POST", "me/email-changes", session, password=NEW_PASSWORD, email=last)
        asked = await self._newest(account_id, EmailChangeRequested)
        await self._post("email-changes/confirmations", token=self._unsealer.open(asked.confirmation_token))
        row = await self._accounts.fetchrow("SELECT email, version FROM accounts WHERE account_id = $1", account_id)
        assert row is not None
        return Changed(account_id, row["version"], row["email"])

    async def _newest(self, account_id: UUID, kind: type[D]) -> D:
        """The newest event of a kind about the account."""
        rows = await self._accounts.fetch(EVENTS, str(account_id))
        events = [decode(CATALOGUE, json.loads(row["headers"]), row["value"]) for row in rows]
        return [event.data for event in events if isinstance(event.data, kind)][-1]

    async def _post(self, path: str, **body: str) -> Any:  # noqa: ANN401 - JSON
        return await self._send("POST", path, None, **body)

    async def _send(self, method: str, path: str, session: str | None, **body: str) -> Any:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {session}"} if session else {}
        answer = await self._client.request(method, f"/api/v1/{path}", json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()
