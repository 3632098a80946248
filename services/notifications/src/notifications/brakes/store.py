"""The operator's brake: pauses mails, makes them due again, cancels them. The statements: queries.sql.

A brake is a row that every claim looks at, so it holds over all senders and restarts, also for what is queued later. A
paused mail is due at its end: no claim meets it before, and it expires as any other.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from notifications import store
from notifications.cancellations import told
from notifications.domain.brakes import Selection
from shared.runtime.postgres import Connection
from shared.runtime.sql import load_queries

SQL = load_queries("notifications.brakes")

CHUNK = 2000
"""Mails of one transaction."""

RELEASED_PER_SECOND = 200
"""How many mails become due again: what has waited comes beside what is new, not before all of it."""

SETTLING = timedelta(minutes=1)
"""A statement that began before a brake was lifted may pause a mail after it, but not for longer."""

_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Mails of one school, lane and kind that fit. `due_since` is when the first of them is or was due."""

    school_id: UUID | None
    lane: str | None
    kind: str | None
    mails: int
    recipients: int
    paused: int
    due_since: datetime | None


@dataclass(frozen=True, slots=True)
class Brake:
    """A brake that is on, and how many mails to how many people wait because of it."""

    lanes: Sequence[str]
    kind: str | None
    school_id: UUID | None
    district_id: UUID | None
    set_at: datetime
    mails: int
    recipients: int

    def was_set_by(self, selection: Selection) -> bool:
        """Whether it is the brake of exactly this selection."""
        mine = (list(self.lanes), self.kind, self.school_id, self.district_id)
        return mine == _columns(selection)


async def chosen(connection: Connection, selection: Selection) -> tuple[Sequence[Chosen], Chosen]:
    """The queued mails that fit, by school, lane and kind, most first; and the sum of them."""
    *parts, total = [Chosen(**row) for row in await connection.fetch(SQL["chosen"], *_columns(selection))]
    return parts, total


async def brakes(connection: Connection) -> Sequence[Brake]:
    """The brakes that are on, oldest first."""
    return [Brake(**row) for row in await connection.fetch(SQL["brakes"])]


async def pause(connection: Connection, selection: Selection) -> AsyncIterator[int]:
    """Sends nothing that fits from now on. Yields how many mails more it has taken out of the senders' way.

    What senders hold comes first. What a claim has just taken that began before, and knows no brake, the walk finds:
    it waits for the claim's lock. Interrupted, the brake is on all the same: claims pause what they meet.
    """
    await connection.execute(SQL["set_brake"], *_columns(selection))
    await _take_from_senders(connection, selection)
    async for mail_ids in _chunks(connection, selection):
        await connection.execute(SQL["pause_mails"], mail_ids)
        yield len(mail_ids)


async def lift(connection: Connection, selection: Selection) -> bool:
    """Takes exactly this brake off; `release` makes its mails due again. False: it is not on."""
    return await connection.fetchval(SQL["lift_brake"], *_columns(selection)) is not None


async def lift_all(connection: Connection) -> bool:
    """Takes every brake off. False: none is on."""
    return bool(await connection.fetch(SQL["lift_all_brakes"]))


async def release(connection: Connection) -> AsyncIterator[int]:
    """Makes the paused mails due again that no brake is on any more, oldest first. Yields how many more."""
    released, last = 0, _FIRST
    while rows := await connection.fetch(SQL["next_released"], last, CHUNK):
        mail_ids = [row["mail_id"] for row in rows]
        begins, lasts = released / RELEASED_PER_SECOND, len(mail_ids) / RELEASED_PER_SECOND
        await connection.execute(SQL["release_mails"], mail_ids, begins, lasts)
        released, last = released + len(mail_ids), mail_ids[-1]
        yield len(mail_ids)


async def cancel(connection: Connection, selection: Selection) -> AsyncIterator[int]:
    """Cancels the queued mails that fit, also those that senders hold. Yields how many more.

    Interrupted, what is cancelled is cancelled and told, and the rest is as it was.
    """
    async for mail_ids in _chunks(connection, selection):
        async with connection.transaction():
            now = datetime.now(UTC)
            cancelled = await store.cancel_these(connection, mail_ids, "operator", now)
            await store.emit(connection, [told(mail, now) for mail in cancelled])
        yield len(cancelled)


async def finish_releases(connection: Connection) -> None:
    """Finishes what a `release` that was interrupted left, of brakes that were lifted longer ago than `SETTLING`.

    While there is no brake, whatever is paused is due again.
    """
    lifted_before = datetime.now(UTC) - SETTLING
    if await connection.fetchval(SQL["may_any_be_released"], lifted_before):
        async for _ in release(connection):
            pass
        await connection.execute(SQL["forget_lifted"], lifted_before)


async def _take_from_senders(connection: Connection, selection: Selection) -> None:
    held = [row["mail_id"] for row in await connection.fetch(SQL["chosen_in_hands"], *_columns(selection))]
    await connection.execute(SQL["pause_mails"], held)


async def _chunks(connection: Connection, selection: Selection) -> AsyncIterator[list[UUID]]:
    """The ids of the queued mails that fit, in their order."""
    last = _FIRST
    while rows := await connection.fetch(SQL["next_chosen"], *_columns(selection), last, CHUNK):
        mail_ids = [row["mail_id"] for row in rows]
        last = mail_ids[-1]
        yield mail_ids


def _columns(selection: Selection) -> tuple[list[str], str | None, UUID | None, UUID | None]:
    return selection.lanes, selection.kind, selection.school_id, selection.district_id
