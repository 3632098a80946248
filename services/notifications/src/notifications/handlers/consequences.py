"""From events to what follows from them: contacts, cancellations, mails, written for a whole batch at once."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

from notifications import store
from notifications.cancellations import told
from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Notice
from notifications.metrics import MAILS_CANCELLED, MAILS_QUEUED
from shared.contracts.accounts import AccountEvent
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled, PermanentError, Refused
from shared.runtime.postgres import Connection
from shared.runtime.sealing import SealBroken, Sealer, Unsealer

_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")

D = TypeVar("D", bound=AccountEvent)
Clock: TypeAlias = Callable[[], datetime]
Traces: TypeAlias = Mapping[UUID, str | None]
"""The trace context of an account's event; a handler is called with one event per account."""


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


class Consequences:
    """Asks a rule about events and writes what follows. `unsealer` and `sealer` have the same keys."""

    def __init__(self, unsealer: Unsealer, sealer: Sealer, clock: Clock = utc_now) -> None:
        self._unsealer = unsealer
        self._sealer = sealer
        self._clock = clock

    async def follow(
        self,
        tx: Connection,
        events: Sequence[Event[D]],
        rule: Callable[[Contact | None, Cause, Event[D], datetime], Effects],
        *,
        introduces: bool = False,
    ) -> Handled:
        """Asks the rule about each event, as of now, and applies what follows.

        `introduces` says that others may have waited for what these events tell.
        """
        now = self._clock()
        contacts = await store.contacts_of(tx, [event.data.account_id for event in events])
        asked = [(event, rule(contacts.get(event.data.account_id), _cause(event), event, now)) for event in events]
        traces = {event.data.account_id: event.traceparent for event, _ in asked}
        await self._apply(tx, [effects for _, effects in asked], traces, now)
        known = [event.data.account_id for event, effects in asked if introduces and not effects.waits]
        waiting = [(event, event.data.account_id) for event, effects in asked if effects.waits]
        return Handled(parked=waiting, introduced=known)

    async def addresses(self, sealed: Mapping[UUID, str]) -> Mapping[UUID, str]:
        """The addresses by their events' ids, opened off the event loop: a batch takes a tenth of a second.

        Raises Refused with those that cannot be opened or are none.
        """
        opened = await asyncio.to_thread(lambda: {event: self._opened(address) for event, address in sealed.items()})
        faults = {event: found for event, found in opened.items() if isinstance(found, PermanentError)}
        if faults:
            raise Refused(faults)
        return {event: found for event, found in opened.items() if isinstance(found, str)}

    def _opened(self, sealed: str) -> str | PermanentError:
        try:
            address = self._unsealer.open(sealed)
        except SealBroken as error:
            return PermanentError("seal_broken", str(error))
        if not _ADDRESS.fullmatch(address):
            return PermanentError("bad_address", "what was sealed is no e-mail address")
        return address

    async def _apply(self, tx: Connection, asked: Sequence[Effects], traces: Traces, now: datetime) -> None:
        """Writes contacts, cancellations and mails.

        Where another worker has written a newer contact in the meantime the event is old, and nothing follows from it.
        """
        changes = [effects.contact for effects in asked if effects.contact]
        saved: frozenset[UUID] = await store.save_contacts(tx, changes, now) if changes else frozenset()
        binding = [effects for effects in asked if effects.contact is None or effects.contact.account_id in saved]
        if erased := [effects.erases for effects in binding if effects.erases]:
            await store.ask_for_erasure(tx, erased, now)
        if moved := [effects.contact for effects in binding if effects.contact and effects.moves]:
            await store.move_mails(tx, moved)
        await _cancel(tx, binding, traces, now)
        if forgotten := [effects.forgets for effects in binding if effects.forgets]:
            await store.forget_suppressions(tx, forgotten)  # after the mails are cancelled: none suppresses it anew
        await self._queue(tx, [notice for effects in binding for notice in effects.notices], now)

    async def _queue(self, tx: Connection, notices: Sequence[Notice], now: datetime) -> None:
        """Makes mails of the notices, whose own addresses are kept only sealed."""
        if not notices:
            return
        sealed = await asyncio.to_thread(
            lambda: [self._sealer.seal(notice.address) if notice.address else None for notice in notices]
        )
        made = await store.queue_mails(tx, list(zip(notices, sealed, strict=True)), now)
        for (lane, kind), mails in made.items():
            MAILS_QUEUED.labels(lane, kind).inc(mails)


async def _cancel(tx: Connection, asked: Sequence[Effects], traces: Traces, now: datetime) -> None:
    """Cancels queued mails and tells so. Events of one type have one reason, so this is one round for a batch."""
    for reason in {effects.reason for effects in asked if effects.cancels}:
        doomed = [
            (effects.contact.account_id, kind)
            for effects in asked
            if effects.contact and effects.reason == reason
            for kind in effects.cancels
        ]
        cancelled = await store.cancel_mails(tx, doomed, reason, now)
        await store.emit(tx, [told(mail, now, traces.get(mail.account_id)) for mail in cancelled])
        for mail in cancelled:
            MAILS_CANCELLED.labels(mail.lane, mail.kind).inc()


def _cause(event: Event[D]) -> Cause:
    return Cause(
        event.id,
        event.type,
        event.time,
        event.data.account_id,
        event.data.version,
        event.district,
        event.school,
        event.traceparent,
    )
