"""The worker's side of the database: contacts, notices and the mails that they become. The statements: queries.sql."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from notifications.domain.contacts import Contact, domain_of
from notifications.domain.effects import Notice
from notifications.domain.kinds import KINDS
from shared.contracts.envelope import Event, EventData
from shared.runtime.events import new_id
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection
from shared.runtime.sql import columns, load_queries

SQL = load_queries("notifications")
_OWN_ADDRESS = [kind.name for kind in KINDS.values() if kind.own_address]


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


@dataclass(frozen=True, slots=True)
class KeptContact:
    """A contact as its owner may see it."""

    state: str
    language: str | None
    address: str | None = field(repr=False)
    suppressed_since: datetime | None


@dataclass(frozen=True, slots=True)
class KeptMail:
    """What is kept of a mail, for whom it was sent to.

    `facts` are those that it tells, such as a device or a time, one group for each occasion; `attempts` are the tries
    to hand it to the mail server, each with `at`, `answer` and `reply`.
    """

    mail_id: UUID
    kind: str
    created_at: datetime
    state: str
    reason: str | None
    settled_at: datetime | None
    facts: Sequence[Mapping[str, Any]]
    attempts: Sequence[Mapping[str, Any]]


async def kept_contact(connection: Connection, account_id: UUID) -> KeptContact | None:
    """The contact of an account, for its owner."""
    row = await connection.fetchrow(SQL["kept_contact"], account_id)
    return KeptContact(**row) if row else None


async def kept_mails(connection: Connection, account_id: UUID) -> Sequence[KeptMail]:
    """The mails of an account, for its owner, oldest first."""
    rows = await connection.fetch(SQL["kept_mails"], account_id)
    parsed = ("facts", "attempts")
    return [KeptMail(**{**row, **{name: json.loads(row[name]) for name in parsed}}) for row in rows]


async def contacts_of(tx: Connection, account_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
    """The contacts known of these accounts, locked until the end of the transaction."""
    rows = await tx.fetch(SQL["contacts_of"], list(account_ids))
    return {row["account_id"]: Contact(**row) for row in rows}


async def save_contacts(tx: Connection, contacts: Sequence[Contact], now: datetime) -> frozenset[UUID]:
    """Writes the contacts, except where a newer version or a tombstone stands. Returns those that were written."""
    rows = [_contact_row(contact) for contact in contacts]
    saved = await tx.fetch(SQL["save_contacts"], *columns(rows, 12), now)
    return frozenset(row["account_id"] for row in saved)


async def ask_for_erasure(tx: Connection, contacts: Sequence[Contact], now: datetime) -> None:
    """Has everything kept about these contacts erased (erasure.py), and what is suppressed of their addresses."""
    asked = [(contact.account_id, contact.address) for contact in contacts]
    await tx.execute(SQL["ask_for_erasure"], *columns(asked, 2), now)


async def move_mails(tx: Connection, contacts: Sequence[Contact]) -> None:
    """Lets the mails queued for these contacts count for the domain of their present address."""
    moved = [(contact.account_id, contact.domain) for contact in contacts]
    await tx.execute(SQL["move_mails"], *columns(moved, 2), _OWN_ADDRESS)


async def cancel_mails(
    tx: Connection, asked: Iterable[tuple[UUID, str]], reason: str, now: datetime
) -> Sequence[CancelledMail]:
    """Takes the mails of these accounts and kinds out of the queue, also those that a sender holds.

    Wipes their tokens and addresses, because nobody needs them any more.
    """
    rows = await tx.fetch(SQL["unqueue_mails"], *columns(list(asked), 2))
    return await _cancelled(tx, rows, reason, now)


async def cancel_these(tx: Connection, mail_ids: Sequence[UUID], reason: str, now: datetime) -> Sequence[CancelledMail]:
    """Does the same with those of these mails that are still queued."""
    return await _cancelled(tx, await tx.fetch(SQL["unqueue_these"], mail_ids), reason, now)


async def queue_mails(
    tx: Connection, notices: Iterable[tuple[Notice, str | None]], now: datetime
) -> Mapping[tuple[str, str], int]:
    """Makes a mail of each notice that is new by its dedup key. Returns how many, by lane and kind.

    Beside a notice stands its own address, sealed, where it has one.
    """
    rows = {notice.dedup_key: _notice_row(notice, sealed_address) for notice, sealed_address in notices}
    made = await tx.fetch(SQL["queue_mails"], *columns(list(rows.values()), 19), now)
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


async def _cancelled(tx: Connection, unqueued: Sequence[Record], reason: str, now: datetime) -> Sequence[CancelledMail]:
    days = {row["created_on"] for row in unqueued}
    mail_ids = [row["mail_id"] for row in unqueued]
    return [CancelledMail(**row) for row in await tx.fetch(SQL["cancel_mails"], mail_ids, list(days), reason, now)]


def _contact_row(contact: Contact) -> tuple[object, ...]:
    return (
        contact.account_id,
        contact.version,
        contact.state,
        contact.language,
        contact.address,
        contact.domain,
        contact.registered_at,
        contact.expires_at,
        contact.password_version,
        contact.address_version,
        contact.address_asked_version,
        contact.deletion_version,
    )


def _notice_row(notice: Notice, sealed_address: str | None) -> tuple[object, ...]:
    cause = notice.cause
    return (
        notice.dedup_key,
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
        sealed_address,
        domain_of(notice.address) if notice.address else None,
        cause.traceparent,
    )
