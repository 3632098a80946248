"""A person takes along all that is kept about them, here and in the other services.

The other services are asked with an access token of the person's own: they tell it to nobody else. This is the one
place where a service asks another; nothing else waits for it.
"""

import asyncio
import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from accounts.domain.links import Link
from accounts.domain.sessions import Session
from accounts.handlers.guesses import Visitor
from accounts.handlers.parts import Parts
from accounts.handlers.proving import Proof, proven
from accounts.store import credentials, email_changes, links, sessions
from accounts.store.credentials import WholeAccount
from accounts.store.sessions import SignIn
from shared.runtime.auth.access_tokens import SignedIn, issue

log = structlog.get_logger()

ASKING = timedelta(minutes=1)
"""How long the token with which the others are asked is good."""

ANSWER_SECONDS = 10.0


class ExportUnavailable(Exception):  # noqa: N818 - names what happened
    """A service that keeps something of the person does not answer: half an export would be none."""


@dataclass(frozen=True)
class Kept:
    """All that is kept about a person: here, and by the other services, by their names, as they tell it."""

    account: WholeAccount
    new_email: str | None
    sessions: list[Session]
    sign_ins: list[SignIn]
    devices: list[datetime]
    links: list[Link]
    elsewhere: Mapping[str, Any]


async def export(parts: Parts, who: SignedIn, proof: Proof, visitor: Visitor) -> Kept:
    """All that is kept, after the password. Raises ExportUnavailable, and what `proven` raises."""
    async with proven(parts, who, proof, visitor) as (transaction, account):
        whole = await credentials.whole(transaction, account.account_id)
        change = await email_changes.of_account(transaction, account.account_id)
        now = parts.clock()
        live = await sessions.of_account(transaction, account.account_id, now)
        history = await sessions.sign_ins(transaction, account.account_id)
        known = await sessions.devices(transaction, account.account_id)
        linked = await links.of_account(transaction, account.account_id)
    assert whole is not None  # noqa: S101 - it is locked
    new_email = change.email.text if change else None
    return Kept(whole, new_email, live, history, known, linked, await _elsewhere(parts, who))


def packed(kept: Kept, readable: str) -> bytes:
    """A zip file: what each service keeps as JSON, and a page to read."""
    content = {
        "read-me.html": readable,
        "accounts.json": _as_json(_of_accounts(kept)),
        **{f"{name}.json": _as_json(data) for name, data in kept.elsewhere.items()},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return buffer.getvalue()


async def _elsewhere(parts: Parts, who: SignedIn) -> Mapping[str, Any]:
    now = parts.clock()
    asking = dataclasses.replace(who, issued_at=now, expires_at=now + ASKING)
    headers = {"Authorization": f"Bearer {issue(parts.keys.signing, asking)}"}
    async with httpx.AsyncClient(headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as client:
        answers = await asyncio.gather(*(_ask(client, name, url) for name, url in parts.export_sources.items()))
    return dict(zip(parts.export_sources, answers, strict=True))


async def _ask(client: httpx.AsyncClient, name: str, url: str) -> object:
    try:
        answer = await client.get(url)
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        log.warning("export_source_away", source=name, error=type(error).__name__)
        raise ExportUnavailable from None


def _of_accounts(kept: Kept) -> dict[str, Any]:
    return {
        "account": dataclasses.asdict(kept.account),
        "new_email": kept.new_email,
        "sessions": [
            {
                **dataclasses.asdict(session.device),
                "signed_in_at": session.signed_in_at,
                "last_used_at": session.last_used_at,
            }
            for session in kept.sessions
        ],
        "sign_ins": [
            {**dataclasses.asdict(sign_in.device), "signed_in_at": sign_in.signed_in_at} for sign_in in kept.sign_ins
        ],
        "school_logins": [
            {"login": link.name, "kind": link.kind, "school": link.school, "linked_at": link.linked_at}
            for link in kept.links
        ],
        "known_browsers": [{"last_used_at": instant} for instant in kept.devices],
    }


def _as_json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, default=_as_text) + "\n"


def _as_text(value: object) -> str:
    """Times as RFC 3339 has them, whatever service they come from."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
