"""The handlers of school logins linked with the account."""

from collections.abc import Sequence
from datetime import datetime

from notifications.domain.contacts import Contact
from notifications.domain.effects import Cause, Effects, Params
from notifications.domain.rules import links as rules
from notifications.handlers.consequences import Consequences
from shared.contracts.accounts import LoginLinked, LoginUnlinked
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled
from shared.runtime.postgres import Connection


class LinkHandlers:
    """What follows from the events of linked school logins."""

    def __init__(self, consequences: Consequences) -> None:
        self._consequences = consequences

    async def login_linked(self, tx: Connection, events: Sequence[Event[LoginLinked]]) -> Handled:
        """The owner of the account is told of one more login."""

        def rule(contact: Contact | None, cause: Cause, event: Event[LoginLinked], now: datetime) -> Effects:
            data = event.data
            link: Params = {
                "login_kind": data.login_kind,
                "login_ending": data.login_ending,
                "school_name": data.school_name,
                "linked_at": data.linked_at.isoformat(),
            }
            return rules.login_linked(contact, cause, now, language=data.language, link=link)

        return await self._consequences.follow(tx, events, rule)

    async def login_unlinked(self, tx: Connection, events: Sequence[Event[LoginUnlinked]]) -> Handled:
        """The owner of the account is told of one less, and who did it."""

        def rule(contact: Contact | None, cause: Cause, event: Event[LoginUnlinked], now: datetime) -> Effects:
            data = event.data
            link: Params = {
                "login_kind": data.login_kind,
                "login_ending": data.login_ending,
                "school_name": data.school_name,
                "unlinked_at": data.unlinked_at.isoformat(),
                "by": data.by,
            }
            return rules.login_unlinked(contact, cause, now, language=data.language, link=link)

        return await self._consequences.follow(tx, events, rule)
