"""The handlers of registration."""

from collections.abc import Sequence
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects
from notifications.domain.rules import registration as rules
from notifications.domain.rules.registration import Registration
from notifications.handlers.consequences import Consequences
from shared.contracts.accounts import (
    AccountActivated,
    AccountRegistered,
    ActivationRequested,
    RegistrationAttempted,
    RegistrationExpired,
)
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled
from shared.runtime.postgres import Connection


class RegistrationHandlers:
    """What follows from the events of registration."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    async def registered(self, tx: Connection, events: Sequence[Event[AccountRegistered]]) -> Handled:
        """A contact that has to be activated: activation mail and reminder."""
        addresses = await self._consequences.addresses({event.id: event.data.email for event in events})

        def rule(contact: Contact | None, cause: Cause, event: Event[AccountRegistered], now: datetime) -> Effects:
            return rules.registered(contact, cause, _registration(event.data), addresses[event.id], now)

        return await self._consequences.follow(tx, events, rule, introduces=True)

    async def activation_requested(self, tx: Connection, events: Sequence[Event[ActivationRequested]]) -> Handled:
        """New links in the place of the old."""

        def rule(contact: Contact | None, cause: Cause, event: Event[ActivationRequested], now: datetime) -> Effects:
            return rules.activation_requested(contact, cause, _registration(event.data), now)

        return await self._consequences.follow(tx, events, rule)

    async def activated(self, tx: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
        """The contact is active: welcome. What waited for the activation has its turn."""

        def rule(contact: Contact | None, cause: Cause, event: Event[AccountActivated], now: datetime) -> Effects:
            return rules.activated(contact, cause, event.data.language, event.data.terms_version, now)

        return await self._consequences.follow(tx, events, rule, introduces=True)

    async def registration_expired(self, tx: Connection, events: Sequence[Event[RegistrationExpired]]) -> Handled:
        """The contact is gone. What waited for it has its turn, to find it gone."""

        def rule(contact: Contact | None, cause: Cause, _: Event[RegistrationExpired], _now: datetime) -> Effects:
            return rules.registration_expired(contact, cause)

        return await self._consequences.follow(tx, events, rule, introduces=True)

    async def registration_attempted(self, tx: Connection, events: Sequence[Event[RegistrationAttempted]]) -> Handled:
        """The owner of the address is told that there is an account."""

        def rule(contact: Contact | None, cause: Cause, _: Event[RegistrationAttempted], now: datetime) -> Effects:
            return rules.registration_attempted(contact, cause, now)

        return await self._consequences.follow(tx, events, rule)


def _registration(data: AccountRegistered | ActivationRequested) -> Registration:
    return Registration(
        language=data.language,
        terms_version=data.terms_version,
        registered_at=data.registered_at,
        expires_at=data.expires_at,
        activation_token=data.activation_token,
        reminder_token=data.reminder_token,
    )
