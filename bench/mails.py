"""Invented mails: queued as the worker would, and ready-made for the raw side, the same bytes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from bench.services import IDENTITY, VERP_DOMAIN
from bench.spool import ReadyMail
from devstack.keys import Keys
from notifications.dkim import Signer
from notifications.rendering import MailToRender, Renderer
from notifications.smtp.verp import Verp
from shared.runtime.events import new_id
from shared.runtime.i18n import LANGUAGES
from shared.runtime.postgres import Connection
from shared.runtime.sealing import Sealer
from shared.runtime.sql import load_queries
from shared.terms import current_version

SQL = load_queries("bench")
AT_ONCE = 10_000
SCHOOLS = tuple(UUID(int=number) for number in range(1, 17))
NOTICES = ("welcome", "new_sign_in", "password_changed", "second_factor_changed")
"""Kinds of mail that need no token."""

ACTIVATION = ("activation",)
TOKEN = "V2hhdC1hLW5pY2UtZGF5LXRvLXJlYWQtYS10b2tlbg"  # noqa: S105 - invented


@dataclass(frozen=True, slots=True)
class InventedMail:
    """A mail to somebody with a contact of their own."""

    kind: str
    language: str
    address: str
    school_id: UUID
    params: Mapping[str, Any]
    created_at: datetime
    mail_id: UUID = field(default_factory=new_id)
    account_id: UUID = field(default_factory=new_id)


def invented(count: int, kinds: Sequence[str], *, first: int = 0) -> Iterator[InventedMail]:
    """So many mails, each different: kinds, languages, schools and addresses are mixed."""
    now = datetime.now(UTC)
    params = [_params(happened) for happened in moments(now)]
    for number in range(first, first + count):
        yield InventedMail(
            kind=kinds[number % len(kinds)],
            language=LANGUAGES[number // len(kinds) % len(LANGUAGES)],
            address=address(number),
            school_id=SCHOOLS[number % len(SCHOOLS)],
            params=params[number % len(params)],
            created_at=now,
        )


def moments(now: datetime) -> Sequence[datetime]:
    """When the things happened that the mails tell of: in each second of the last ten minutes something did."""
    return [now - timedelta(seconds=ago) for ago in range(600)]


def address(number: int) -> str:
    """Somebody's address. Most people are with a few large providers, some have a domain that hardly anybody has."""
    match number % 10:
        case 0 | 1 | 2 | 3 | 4:
            domain = "poczta.example"
        case 5 | 6 | 7:
            domain = "skrzynka.example"
        case _:
            domain = f"rodzina{number // 10 % 50}.example"
    return f"parent{number}@{domain}"


def ready_made(mails: Sequence[InventedMail], keys: Keys, signer: Signer | None = None) -> Iterator[ReadyMail]:
    """The mails as the sender writes them."""
    renderer, verp = Renderer(IDENTITY), Verp.from_file(VERP_DOMAIN, keys.verp)
    for mail in mails:
        message = renderer.render(
            MailToRender(
                mail_id=mail.mail_id,
                kind=mail.kind,
                language=mail.language,
                address=mail.address,
                created_at=mail.created_at,
                thread_id=f"account-{mail.account_id}",
                params=mail.params,
                token=TOKEN,
            )
        )
        content = signer.sign(message) if signer else message
        yield ReadyMail(verp.address_of(mail.mail_id), mail.address, content.decode("ascii"))


async def queue(connection: Connection, mails: Iterator[InventedMail], sealer: Sealer, *, lane: str = "bulk") -> None:
    """Queues the mails; their schools have no turn before `open_turns`."""
    token = sealer.seal(TOKEN)
    while chunk := list(islice(mails, AT_ONCE)):
        rows = [
            (
                mail.mail_id,
                mail.account_id,
                new_id(),
                new_id(),
                mail.school_id,
                lane,
                mail.kind,
                mail.language,
                mail.address,
                json.dumps(mail.params),
                token if mail.kind in ACTIVATION else None,
                mail.created_at,
            )
            for mail in chunk
        ]
        await connection.execute(SQL["queue_mails"], *map(list, zip(*rows, strict=True)), timeout=300)


def _params(happened: datetime) -> Mapping[str, Any]:
    """What all these kinds ask for together."""
    return {
        "terms_version": current_version(),
        "expires_at": (happened + timedelta(days=14)).isoformat(),
        "signed_in_at": happened.isoformat(),
        "browser": "Firefox",
        "system": "Android",
        "changed_at": happened.isoformat(),
        "by_reset": False,
        "enabled": True,
    }
