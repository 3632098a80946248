"""A worker without Kafka: the real inbox, handlers, keys and PostgreSQL, and readers of what came of the events."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from asyncpg import Record

from shared.contracts.accounts import (
    AccountActivated,
    AccountDeleted,
    AccountDeletionCancelled,
    AccountDeletionRequested,
    AccountRegistered,
    ActivationRequested,
    EmailChanged,
    EmailChangeRequested,
    LoginLinked,
    LoginUnlinked,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationAttempted,
    RegistrationExpired,
    SecondFactorChanged,
    SecondFactorGuessed,
    SignedInFromNewDevice,
)
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import Event, EventData, decode, encode
from shared.contracts.notifications import MailStateChanged
from shared.runtime.consumer import Arrival, Inbox
from shared.runtime.events import new_event, new_id
from shared.runtime.postgres import Pool
from shared.runtime.sealing import Sealer, Unsealer

REGISTERED_AT = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
SCHOOL = "Szkoła Podstawowa nr 3"
D = TypeVar("D", bound=EventData)


@dataclass
class Clock:
    """The time that the handlers go by."""

    now: datetime = REGISTERED_AT

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Person:
    """Somebody with a portal account, and the events of it."""

    sealer: Sealer
    address: str = "ola.nowak@szkola.example"
    account_id: UUID = field(default_factory=new_id)
    login_id: UUID = field(default_factory=new_id)
    registered_at: datetime = REGISTERED_AT
    terms_version: str = "2025-01"

    def registered(self, version: int = 1, *, email: str | None = None) -> Event[AccountRegistered]:
        return self._event(
            AccountRegistered(
                account_id=self.account_id,
                version=version,
                language="pl",
                email=email or self.sealer.seal(self.address),
                activation_token=self.sealer.seal(f"activation-{version}"),
                reminder_token=self.sealer.seal(f"reminder-{version}"),
                registered_at=self.registered_at,
                expires_at=self.registered_at + timedelta(days=14),
                terms_version=self.terms_version,
            )
        )

    def requested(self, version: int = 2) -> Event[ActivationRequested]:
        return self._event(
            ActivationRequested(
                account_id=self.account_id,
                version=version,
                language="en",
                activation_token=self.sealer.seal(f"activation-{version}"),
                reminder_token=self.sealer.seal(f"reminder-{version}"),
                registered_at=self.registered_at,
                expires_at=self.registered_at + timedelta(days=14),
                terms_version=self.terms_version,
            )
        )

    def activated(self, version: int = 2) -> Event[AccountActivated]:
        at = self.registered_at + timedelta(hours=1)
        return self._event(
            AccountActivated(
                account_id=self.account_id,
                version=version,
                language="uk",
                activated_at=at,
                terms_version=self.terms_version,
            )
        )

    def expired(self, version: int = 2) -> Event[RegistrationExpired]:
        at = self.registered_at + timedelta(days=14)
        return self._event(RegistrationExpired(account_id=self.account_id, version=version, expired_at=at))

    def attempted(self, version: int = 2) -> Event[RegistrationAttempted]:
        at = self.registered_at + timedelta(days=2)
        return self._event(RegistrationAttempted(account_id=self.account_id, version=version, attempted_at=at))

    def signed_in(self, version: int = 3) -> Event[SignedInFromNewDevice]:
        return self._event(
            SignedInFromNewDevice(
                account_id=self.account_id,
                version=version,
                language="pl",
                browser="Firefox",
                signed_in_at=self.registered_at,
            )
        )

    def reset_requested(self, version: int = 3) -> Event[PasswordResetRequested]:
        return self._event(
            PasswordResetRequested(
                account_id=self.account_id,
                version=version,
                language="pl",
                reset_token=self.sealer.seal(f"reset-token-of-{version}"),
                requested_at=self.registered_at,
                expires_at=self.registered_at + timedelta(minutes=60),
            )
        )

    def password_changed(self, version: int = 4, *, by_reset: bool = True) -> Event[PasswordChanged]:
        return self._event(
            PasswordChanged(
                account_id=self.account_id,
                version=version,
                language="pl",
                by_reset=by_reset,
                changed_at=self.registered_at,
            )
        )

    def second_factor_changed(self, version: int = 3, *, enabled: bool = True) -> Event[SecondFactorChanged]:
        """Switched off, it was an operator's doing."""
        return self._event(
            SecondFactorChanged(
                account_id=self.account_id,
                version=version,
                language="pl",
                enabled=enabled,
                changed_at=self.registered_at,
                by_operator=not enabled,
            )
        )

    def second_factor_guessed(self, version: int = 3) -> Event[SecondFactorGuessed]:
        return self._event(
            SecondFactorGuessed(
                account_id=self.account_id, version=version, language="pl", guessed_at=self.registered_at
            )
        )

    def email_change_requested(self, new_address: str, version: int = 3) -> Event[EmailChangeRequested]:
        return self._event(
            EmailChangeRequested(
                account_id=self.account_id,
                version=version,
                language="pl",
                new_email=self.sealer.seal(new_address),
                confirmation_token=self.sealer.seal(f"confirmation-token-of-{version}"),
                requested_at=self.registered_at,
                expires_at=self.registered_at + timedelta(days=1),
            )
        )

    def email_changed(self, new_address: str, version: int = 4) -> Event[EmailChanged]:
        return self._event(
            EmailChanged(
                account_id=self.account_id,
                version=version,
                language="pl",
                email=self.sealer.seal(new_address),
                changed_at=self.registered_at,
            )
        )

    def login_linked(self, version: int = 3) -> Event[LoginLinked]:
        return self._event(
            LoginLinked(
                account_id=self.account_id,
                version=version,
                language="pl",
                login_id=self.login_id,
                login_kind="guardian",
                login_ending="78",
                school_name=SCHOOL,
                linked_at=self.registered_at,
            )
        )

    def login_unlinked(self, version: int = 4) -> Event[LoginUnlinked]:
        """The school gave the login another password."""
        return self._event(
            LoginUnlinked(
                account_id=self.account_id,
                version=version,
                language="pl",
                login_id=self.login_id,
                login_kind="guardian",
                login_ending="78",
                school_name=SCHOOL,
                unlinked_at=self.registered_at,
                by="school",
            )
        )

    def deletion_requested(self, version: int = 3) -> Event[AccountDeletionRequested]:
        return self._event(
            AccountDeletionRequested(
                account_id=self.account_id,
                version=version,
                language="pl",
                requested_at=self.registered_at,
                deleted_at=self.registered_at + timedelta(days=14),
            )
        )

    def deletion_cancelled(self, version: int = 4) -> Event[AccountDeletionCancelled]:
        return self._event(
            AccountDeletionCancelled(
                account_id=self.account_id,
                version=version,
                language="pl",
                cancelled_at=self.registered_at,
                by_reset=True,
            )
        )

    def deleted(self, version: int = 9) -> Event[AccountDeleted]:
        return self._event(
            AccountDeleted(account_id=self.account_id, version=version, language="uk", deleted_at=self.registered_at)
        )

    def _event(self, data: D) -> Event[D]:
        return new_event("accounts", data, now=self.registered_at)


@dataclass
class WorkerWorld:
    """Lets the worker hear events and reads what it made of them."""

    pool: Pool
    inbox: Inbox
    sealer: Sealer
    unsealer: Unsealer
    clock: Clock

    def person(self, address: str = "ola.nowak@szkola.example") -> Person:
        return Person(self.sealer, address)

    async def hear(self, *events: Event[Any]) -> None:
        """The events arrive in one batch, as Kafka carries them."""
        await self.inbox.apply([arrival_of(event) for event in events])

    async def hear_one_by_one(self, events: Sequence[Event[Any]]) -> None:
        for event in events:
            await self.hear(event)

    async def forget_what_was_heard(self) -> None:
        """As if the events came again after the inbox's retention."""
        await self.pool.execute("DELETE FROM inbox")

    async def contact(self, person: Person) -> Record:
        row = await self.pool.fetchrow("SELECT * FROM contacts WHERE account_id = $1", person.account_id)
        assert row is not None
        return row

    async def mails(self, person: Person | None = None) -> list[tuple[str, str]]:
        """Kind and state of the mails, in the order in which they were made."""
        rows = await self.pool.fetch(
            "SELECT kind, state FROM mails WHERE $1::uuid IS NULL OR account_id = $1 ORDER BY created_at, mail_id",
            person and person.account_id,
        )
        return [(row["kind"], row["state"]) for row in rows]

    async def queued(self, person: Person | None = None) -> list[str]:
        """The kinds in the queue, by when they are due."""
        rows = await self.pool.fetch(
            "SELECT kind FROM mail_queue WHERE $1::uuid IS NULL OR account_id = $1 ORDER BY due_at, kind",
            person and person.account_id,
        )
        return [row["kind"] for row in rows]

    async def addresses(self) -> dict[str, tuple[str | None, str | None]]:
        """By kind: the own address that a notice holds sealed, opened, and the domain that its mail is queued for."""
        rows = await self.pool.fetch(
            "SELECT kind, sealed_address, domain FROM notices LEFT JOIN mail_queue USING (mail_id, kind)"
        )
        return {
            row["kind"]: (row["sealed_address"] and self.unsealer.open(row["sealed_address"]), row["domain"])
            for row in rows
        }

    async def parked(self) -> int:
        count: int = await self.pool.fetchval("SELECT count(*) FROM parked_events")
        return count

    async def told(self) -> list[tuple[str, str, str | None]]:
        """Kind, state and reason of the MailStateChanged in the outbox."""
        rows = await self.pool.fetch("SELECT headers, value FROM outbox ORDER BY id")
        events = [decode(CATALOGUE, json.loads(row["headers"]), row["value"]) for row in rows]
        states = [event.data for event in events if isinstance(event.data, MailStateChanged)]
        return [(data.kind, data.state, data.reason) for data in states]


def arrival_of(event: Event[Any]) -> Arrival:
    """The event as a consumer hands it on."""
    record = encode(event)
    headers = {name: value.decode() for name, value in record.headers}
    return Arrival(decode(CATALOGUE, headers, record.value), record.topic.name, headers, record.value)
