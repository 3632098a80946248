"""What the worker does about each event: asks the rules, and writes what follows, a batch at a time.

A batch holds events of one type, at most one per account, and costs the same handful of statements whatever its size.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

from notifications import SERVICE, store
from notifications.domain import rules
from notifications.domain.contacts import Contact
from notifications.domain.rules import Cause, Effects, Registration
from notifications.metrics import MAILS_CANCELLED, MAILS_QUEUED
from shared.contracts.accounts import (
    AccountActivated,
    AccountEvent,
    AccountRegistered,
    ActivationRequested,
    RegistrationAttempted,
    RegistrationExpired,
)
from shared.contracts.envelope import Event
from shared.contracts.notifications import MailStateChanged
from shared.runtime.consumer import Handled, PermanentError
from shared.runtime.events import new_event
from shared.runtime.postgres import Connection
from shared.runtime.sealing import SealBroken, Unsealer

_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")

D = TypeVar("D", bound=AccountEvent)
Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


class AccountHandlers:
    """The handlers of the accounts' events."""

    def __init__(self, unsealer: Unsealer, clock: Clock = utc_now) -> None:
        self._unsealer = unsealer
        self._clock = clock

    async def registered(self, tx: Connection, events: Sequence[Event[AccountRegistered]]) -> Handled:
        """A contact that has to be activated: activation mail and reminder."""
        addresses = await self._addresses(events)
        now = self._clock()

        def rule(contact: Contact | None, cause: Cause, event: Event[AccountRegistered]) -> Effects:
            return rules.registered(contact, cause, _registration(event.data), addresses[event.id], now)

        return await _handle(tx, events, rule, now, introduces=True)

    async def activation_requested(self, tx: Connection, events: Sequence[Event[ActivationRequested]]) -> Handled:
        """New links in the place of the old."""
        now = self._clock()

        def rule(contact: Contact | None, cause: Cause, event: Event[ActivationRequested]) -> Effects:
            return rules.activation_requested(contact, cause, _registration(event.data), now)

        return await _handle(tx, events, rule, now)

    async def activated(self, tx: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
        """The contact is active: welcome. What waited for the activation has its turn."""
        now = self._clock()

        def rule(contact: Contact | None, cause: Cause, event: Event[AccountActivated]) -> Effects:
            return rules.activated(contact, cause, event.data.language, event.data.terms_version, now)

        return await _handle(tx, events, rule, now, introduces=True)

    async def registration_expired(self, tx: Connection, events: Sequence[Event[RegistrationExpired]]) -> Handled:
        """The contact is gone. What waited for it has its turn, to find it gone."""

        def rule(contact: Contact | None, cause: Cause, _: Event[RegistrationExpired]) -> Effects:
            return rules.registration_expired(contact, cause)

        return await _handle(tx, events, rule, self._clock(), introduces=True)

    async def registration_attempted(self, tx: Connection, events: Sequence[Event[RegistrationAttempted]]) -> Handled:
        """The owner of the address is told that there is an account."""
        now = self._clock()

        def rule(contact: Contact | None, cause: Cause, _: Event[RegistrationAttempted]) -> Effects:
            return rules.registration_attempted(contact, cause, now)

        return await _handle(tx, events, rule, now)

    async def _addresses(self, events: Sequence[Event[AccountRegistered]]) -> Mapping[UUID, str]:
        """The addresses by the events' ids, opened off the event loop: a batch takes a tenth of a second."""
        return await asyncio.to_thread(lambda: {event.id: self._address(event.data.email) for event in events})

    def _address(self, sealed: str) -> str:
        """The address in `sealed`. Raises PermanentError when it cannot be opened or is none."""
        try:
            address = self._unsealer.open(sealed)
        except SealBroken as error:
            raise PermanentError("seal_broken", str(error)) from None
        if not _ADDRESS.fullmatch(address):
            raise PermanentError("bad_address", "what was sealed is no e-mail address")
        return address


async def _handle(
    tx: Connection,
    events: Sequence[Event[D]],
    rule: Callable[[Contact | None, Cause, Event[D]], Effects],
    now: datetime,
    *,
    introduces: bool = False,
) -> Handled:
    """Asks the rule about each event and applies what follows.

    `introduces` says that others may have waited for what these events tell.
    """
    contacts = await store.contacts_of(tx, [event.data.account_id for event in events])
    asked = [(event, rule(contacts.get(event.data.account_id), _cause(event), event)) for event in events]
    await _apply(tx, [effects for _, effects in asked], now)
    known = [event.data.account_id for event, effects in asked if introduces and not effects.waits]
    waiting = [(event, event.data.account_id) for event, effects in asked if effects.waits]
    return Handled(parked=waiting, introduced=known)


async def _apply(tx: Connection, asked: Sequence[Effects], now: datetime) -> None:
    """Writes contacts, cancellations and mails.

    Where another worker has written a newer contact in the meantime the event is old, and nothing follows from it.
    """
    changes = [effects.contact for effects in asked if effects.contact]
    saved: frozenset[UUID] = await store.save_contacts(tx, changes, now) if changes else frozenset()
    binding = [effects for effects in asked if effects.contact is None or effects.contact.account_id in saved]
    await _cancel(tx, binding, now)
    if forgotten := [effects.forgets for effects in binding if effects.forgets]:
        await store.forget_suppressions(tx, forgotten)  # after the mails are cancelled: nothing suppresses them anew
    notices = [notice for effects in binding for notice in effects.notices]
    if notices:
        for (lane, kind), mails in (await store.queue_mails(tx, notices, now)).items():
            MAILS_QUEUED.labels(lane, kind).inc(mails)


async def _cancel(tx: Connection, asked: Sequence[Effects], now: datetime) -> None:
    """Cancels queued mails and tells so. Events of one type have one reason, so this is one round for a batch."""
    for reason in {effects.reason for effects in asked if effects.cancels}:
        doomed = [
            (effects.contact.account_id, kind)
            for effects in asked
            if effects.contact and effects.reason == reason
            for kind in effects.cancels
        ]
        cancelled = await store.cancel_mails(tx, doomed, reason, now)
        await store.emit(tx, [_told(mail, now) for mail in cancelled])
        for mail in cancelled:
            MAILS_CANCELLED.labels(mail.lane, mail.kind).inc()


def _told(mail: store.CancelledMail, now: datetime) -> Event[MailStateChanged]:
    data = MailStateChanged(
        mail_id=mail.mail_id,
        account_id=mail.account_id,
        lane=mail.lane,
        kind=mail.kind,
        state="cancelled",
        reason=mail.reason,
        changed_at=now,
    )
    return new_event(SERVICE, data, now=now, district=mail.district_id, school=mail.school_id)


def _cause(event: Event[D]) -> Cause:
    return Cause(
        event.id, event.type, event.time, event.data.account_id, event.data.version, event.district, event.school
    )


def _registration(data: AccountRegistered | ActivationRequested) -> Registration:
    return Registration(
        language=data.language,
        terms_version=data.terms_version,
        registered_at=data.registered_at,
        expires_at=data.expires_at,
        activation_token=data.activation_token,
        reminder_token=data.reminder_token,
    )
