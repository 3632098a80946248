"""A person presses the button behind the activation link and by that accepts the terms."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.domain.activation import Link, TermsOutdated, decide_activation, link_fault
from accounts.domain.password import comparable
from accounts.domain.tokens import LinkRefused, TokenFault, token_hash
from accounts.events import registration as events
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from accounts.handlers.proving import WrongPassword
from accounts.store import registrations as store
from shared.runtime.postgres import Connection
from shared.terms import current_version


class TermsRefused(Exception):  # noqa: N818 - reads as what happened
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


async def prove_owner(parts: Parts, token: str, password: str) -> None:
    """That whoever presses the button chose the password: the mailbox alone shows only whose address it is.

    A link that does not work is passed: pressing its button says why. Guesses are not counted: who has the link could
    as well register anew. Raises WrongPassword, HashingBusy.
    """
    async with parts.connection() as connection:
        link = await store.link(connection, token_hash(token))
    if link_fault(link, parts.clock()) is not None:
        return
    if not (await parts.hasher.verify(comparable(password), link.password_hash)).right:
        raise WrongPassword


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
