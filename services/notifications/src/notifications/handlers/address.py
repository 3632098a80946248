"""The handlers of the address."""

from collections.abc import Sequence
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects
from notifications.domain.rules import address as rules
from notifications.handlers.consequences import Consequences
from shared.contracts.accounts import EmailChanged, EmailChangeRequested
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled
from shared.runtime.postgres import Connection


class AddressHandlers:
    """What follows from the events of the address."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    async def email_change_requested(self, tx: Connection, events: Sequence[Event[EmailChangeRequested]]) -> Handled:
        """A link to the new address, a warning to the one in use."""
        addresses = await self._consequences.addresses({event.id: event.data.new_email for event in events})

        def rule(contact: Contact | None, cause: Cause, event: Event[EmailChangeRequested], now: datetime) -> Effects:
            data = event.data
            return rules.email_change_requested(
                contact,
                cause,
                now,
                language=data.language,
                new_address=addresses[event.id],
                sealed_token=data.confirmation_token,
                expires_at=data.expires_at,
            )

        return await self._consequences.follow(tx, events, rule)

    async def email_changed(self, tx: Connection, events: Sequence[Event[EmailChanged]]) -> Handled:
        """The contact has another address, and so have the mails that wait for it; both addresses are told."""
        addresses = await self._consequences.addresses({event.id: event.data.email for event in events})

        def rule(contact: Contact | None, cause: Cause, event: Event[EmailChanged], now: datetime) -> Effects:
            data = event.data
            return rules.email_changed(
                contact, cause, now, language=data.language, new_address=addresses[event.id], changed_at=data.changed_at
            )

        return await self._consequences.follow(tx, events, rule)
