"""The handlers of deletion."""

from collections.abc import Sequence
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Params
from notifications.domain.rules import deletion as rules
from notifications.handlers.consequences import Consequences
from shared.contracts.accounts import AccountDeleted, AccountDeletionCancelled, AccountDeletionRequested
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled
from shared.runtime.postgres import Connection


class DeletionHandlers:
    """What follows from the events of deletion."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    async def account_deletion_requested(
        self, tx: Connection, events: Sequence[Event[AccountDeletionRequested]]
    ) -> Handled:
        """The owner is told the day."""

        def rule(
            contact: Contact | None, cause: Cause, event: Event[AccountDeletionRequested], now: datetime
        ) -> Effects:
            return rules.account_deletion_requested(
                contact, cause, now, language=event.data.language, deleted_at=event.data.deleted_at
            )

        return await self._consequences.follow(tx, events, rule)

    async def account_deletion_cancelled(
        self, tx: Connection, events: Sequence[Event[AccountDeletionCancelled]]
    ) -> Handled:
        """The owner is told that the account is kept."""

        def rule(
            contact: Contact | None, cause: Cause, event: Event[AccountDeletionCancelled], now: datetime
        ) -> Effects:
            data = event.data
            keeping: Params = {"by_reset": data.by_reset, "cancelled_at": data.cancelled_at.isoformat()}
            return rules.account_deletion_cancelled(contact, cause, now, language=data.language, keeping=keeping)

        return await self._consequences.follow(tx, events, rule)

    async def account_deleted(self, tx: Connection, events: Sequence[Event[AccountDeleted]]) -> Handled:
        """The contact is gone, after a last mail. What waited for it has its turn, to find it gone."""

        def rule(contact: Contact | None, cause: Cause, event: Event[AccountDeleted], now: datetime) -> Effects:
            return rules.account_deleted(
                contact, cause, now, language=event.data.language, deleted_at=event.data.deleted_at
            )

        return await self._consequences.follow(tx, events, rule, introduces=True)
