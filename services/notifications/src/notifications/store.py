"""The worker's side of the database: contacts, notices and the mails that they become. The statements: queries.sql."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.domain.contacts import Contact
from notifications.domain.rules import Notice
from shared.contracts.envelope import Event, EventData
from shared.runtime.events import new_id
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("notifications")


@dataclass(frozen=True, slots=True)
class CancelledMail:
    """A mail that was queued and is not sent any more."""

    mail_id: UUID
    account_id: UUID
    lane: str
    kind: str
    reason: str
    district_id: UUID | None
    school_id: UUID | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that nothing is sent to any more."""

    address: str
    reason: str
    created_at: datetime


async def contacts_of(tx: Connection, account_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
    """The contacts known of these accounts, locked until the end of the transaction."""
    rows = await tx.fetch(SQL["contacts_of"], list(account_ids))
    return {row["account_id"]: Contact(**row) for row in rows}


async def save_contacts(tx: Connection, contacts: Sequence[Contact], now: datetime) -> frozenset[UUID]:
    """Writes the contacts, except where a newer version or a tombstone stands. Returns those that were written."""
    rows = [
        (c.account_id, c.version, c.state, c.language, c.address, c.domain, c.registered_at, c.expires_at)
        for c in contacts
    ]
    saved = await tx.fetch(SQL["save_contacts"], *_columns(rows, 8), now)
    return frozenset(row["account_id"] for row in saved)


async def cancel_mails(
    tx: Connection, asked: Iterable[tuple[UUID, str]], reason: str, now: datetime
) -> Sequence[CancelledMail]:
    """Takes the mails of these accounts and kinds out of the queue, also those that a sender holds.

    Wipes their tokens, because nobody needs them any more.
    """
    rows = await tx.fetch(SQL["unqueue_mails"], *_columns(list(asked), 2))
    days = {row["created_on"] for row in rows}
    mail_ids = [row["mail_id"] for row in rows]
    return [CancelledMail(**row) for row in await tx.fetch(SQL["cancel_mails"], mail_ids, list(days), reason, now)]


async def queue_mails(tx: Connection, notices: Iterable[Notice], now: datetime) -> Mapping[tuple[str, str], int]:
    """Makes a mail of each notice that is new by its dedup key. Returns how many, by lane and kind."""
    rows = [_notice_row(key, notice) for key, notice in {notice.dedup_key: notice for notice in notices}.items()]
    made = await tx.fetch(SQL["queue_mails"], *_columns(rows, 16), now)
    return {(row["lane"], row["kind"]): row["mails"] for row in made}


async def emit(tx: Connection, events: Sequence[Event[EventData]]) -> None:
    """Puts events into the outbox."""
    await tx.execute(SQL["insert_events"], *outbox_columns(events))


async def suppressions(connection: Connection) -> Sequence[Suppression]:
    """The suppressed addresses, newest first."""
    return [Suppression(**row) for row in await connection.fetch(SQL["suppressions"])]


async def remove_suppression(connection: Connection, spellings: Sequence[str]) -> bool:
    """Lets an address, spelt in any of these ways in small letters, be written to again. False: not suppressed."""
    return await connection.fetchval(SQL["remove_suppression"], spellings) is not None


async def forget_suppressions(tx: Connection, addresses: Sequence[str]) -> None:
    """Keeps nothing of these addresses, spelt as their contacts had them."""
    await tx.execute(SQL["forget_suppressions"], [address.lower() for address in addresses])


def _notice_row(dedup_key: str, notice: Notice) -> tuple[object, ...]:
    cause = notice.cause
    return (
        dedup_key,
        new_id(),
        new_id(),
        cause.account_id,
        notice.kind.lane,
        notice.kind.name,
        cause.district_id,
        cause.school_id,
        notice.thread_id,
        notice.due_at,
        notice.not_after,
        cause.event_id,
        cause.event_type,
        cause.event_time,
        json.dumps(notice.params),
        notice.sealed_token,
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as columns, each an array parameter."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
