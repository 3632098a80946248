"""A person presses the button behind the activation link and by that accepts the terms."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import events, store
from accounts.domain.activation import Link, TermsOutdated, decide_activation
from accounts.domain.tokens import TokenFault, token_hash
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from shared.runtime.postgres import Connection
from shared.terms import current_version


class LinkRefused(Exception):  # noqa: N818 - reads as what happened
    """The link does not work; `fault` says why."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class TermsRefused(Exception):  # noqa: N818
    """Other terms than the accepted ones are in force; the link still works."""

    def __init__(self, in_force: str) -> None:
        super().__init__(f"terms {in_force} are in force")
        self.in_force = in_force


@dataclass(frozen=True)
class Activated:
    """The account is active."""

    account_id: UUID
    activated_at: datetime


async def look_at_link(parts: Parts, token: str) -> Link:
    """What is known of a link. Changes nothing, however often it is looked at."""
    async with parts.transaction() as transaction:
        return await store.link(transaction, token_hash(token))


async def activate(parts: Parts, transaction: Connection, token: str, terms_version: str) -> Activated:
    """Makes the account active and uses up all its links. Raises LinkRefused, TermsRefused, Contended."""
    for _ in range(ATTEMPTS):
        now = parts.clock()
        step = decide_activation(
            await store.link(transaction, token_hash(token)), terms_version, current_version(), now
        )
        if isinstance(step, TokenFault):
            raise LinkRefused(step)
        if isinstance(step, TermsOutdated):
            raise TermsRefused(step.in_force)
        account = step.account
        event = events.account_activated(account, terms_version, now)
        if await store.activate(transaction, account, now, terms_version, event):
            return Activated(account.account_id, now)
    raise Contended
