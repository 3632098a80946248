"""An account is to be deleted: for seven days it can be kept."""

from datetime import datetime

from accounts.domain.credentials import DELETION_DELAY
from accounts.events import credentials as events
from accounts.handlers.guesses import Visitor
from accounts.handlers.parts import Parts
from accounts.handlers.proving import Proof, proven
from accounts.store import credentials, deletions
from shared.runtime.auth.access_tokens import SignedIn


class NotToBeDeleted(Exception):  # noqa: N818 - reads as the state of the account
    """Nobody has asked for the account to be deleted."""


async def ask_for_deletion(parts: Parts, who: SignedIn, proof: Proof, visitor: Visitor) -> datetime:
    """When the account will be deleted, from now on; asking again does not move it. Raises what `proven` raises."""
    async with proven(parts, who, proof, visitor) as (transaction, account):
        if account.deletion_at:
            return account.deletion_at
        now = parts.clock()
        await deletions.set_deletion(
            transaction, account.account_id, now + DELETION_DELAY, events.deletion_requested(account, now)
        )
        return now + DELETION_DELAY


async def keep_account(parts: Parts, who: SignedIn) -> None:
    """The account is kept. Raises NotToBeDeleted."""
    async with parts.transaction() as transaction:
        account = await credentials.lock(transaction, who.account_id)
        if account is None or account.deletion_at is None:
            raise NotToBeDeleted
        event = events.deletion_cancelled(account, parts.clock(), by_reset=False)
        await deletions.set_deletion(transaction, account.account_id, None, event)
