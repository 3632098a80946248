"""The handlers of sign-in, the password and the second factor."""

from collections.abc import Sequence
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Params
from notifications.domain.rules import credentials as rules
from notifications.handlers.consequences import Consequences
from shared.contracts.accounts import (
    PasswordChanged,
    PasswordResetRequested,
    SecondFactorChanged,
    SecondFactorGuessed,
    SignedInFromNewDevice,
)
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled
from shared.runtime.postgres import Connection


class CredentialHandlers:
    """What follows from the events of what people sign in with."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    async def signed_in_from_new_device(
        self, tx: Connection, events: Sequence[Event[SignedInFromNewDevice]]
    ) -> Handled:
        """The owner is told of a device not seen before."""

        def rule(contact: Contact | None, cause: Cause, event: Event[SignedInFromNewDevice], now: datetime) -> Effects:
            return rules.signed_in_from_new_device(
                contact, cause, now, language=event.data.language, device=_device(event.data)
            )

        return await self._consequences.follow(tx, events, rule)

    async def password_reset_requested(
        self, tx: Connection, events: Sequence[Event[PasswordResetRequested]]
    ) -> Handled:
        """A link to a new password, in the place of the old."""

        def rule(contact: Contact | None, cause: Cause, event: Event[PasswordResetRequested], now: datetime) -> Effects:
            data = event.data
            return rules.password_reset_requested(
                contact, cause, now, language=data.language, sealed_token=data.reset_token, expires_at=data.expires_at
            )

        return await self._consequences.follow(tx, events, rule)

    async def password_changed(self, tx: Connection, events: Sequence[Event[PasswordChanged]]) -> Handled:
        """The owner is told; links to a new password are cancelled."""

        def rule(contact: Contact | None, cause: Cause, event: Event[PasswordChanged], now: datetime) -> Effects:
            change: Params = {"by_reset": event.data.by_reset, "changed_at": event.data.changed_at.isoformat()}
            return rules.password_changed(contact, cause, now, language=event.data.language, change=change)

        return await self._consequences.follow(tx, events, rule)

    async def second_factor_changed(self, tx: Connection, events: Sequence[Event[SecondFactorChanged]]) -> Handled:
        """The owner is told that it is on or off, and who switched it off."""

        def rule(contact: Contact | None, cause: Cause, event: Event[SecondFactorChanged], now: datetime) -> Effects:
            data = event.data
            change: Params = {
                "enabled": data.enabled,
                "by_operator": data.by_operator,
                "changed_at": data.changed_at.isoformat(),
            }
            return rules.second_factor_changed(contact, cause, now, language=data.language, change=change)

        return await self._consequences.follow(tx, events, rule)

    async def second_factor_guessed(self, tx: Connection, events: Sequence[Event[SecondFactorGuessed]]) -> Handled:
        """The owner is told that somebody who knows the password guesses at the code."""

        def rule(contact: Contact | None, cause: Cause, event: Event[SecondFactorGuessed], now: datetime) -> Effects:
            return rules.second_factor_guessed(
                contact, cause, now, language=event.data.language, guessed_at=event.data.guessed_at
            )

        return await self._consequences.follow(tx, events, rule)


def _device(data: SignedInFromNewDevice) -> Params:
    """When, and with which browser and system, as far as known."""
    known = {"browser": data.browser, "system": data.system}
    return {"signed_in_at": data.signed_in_at.isoformat(), **{name: value for name, value in known.items() if value}}
