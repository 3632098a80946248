"""Somebody looks at their account."""

from dataclasses import dataclass, field

from accounts.domain.credentials import EMAIL_CHANGE_LIFETIME, Credentials
from accounts.handlers.parts import Parts
from accounts.handlers.sessions import SessionGone
from accounts.store import credentials, email_changes
from shared.runtime.auth.access_tokens import SignedIn


@dataclass(frozen=True)
class AccountView:
    """An account as its owner sees it. `new_email` is the address that waits to be confirmed."""

    credentials: Credentials
    new_email: str | None = field(default=None, repr=False)


async def look_at_account(parts: Parts, who: SignedIn) -> AccountView:
    """The account of who is signed in. Raises SessionGone when it was deleted in this moment."""
    async with parts.connection() as connection:
        account = await credentials.of_account(connection, who.account_id)
        change = await email_changes.of_account(connection, who.account_id)
    if account is None:
        raise SessionGone
    waiting = change and parts.clock() - change.requested_at < EMAIL_CHANGE_LIFETIME
    return AccountView(account, change.email.text if change and waiting else None)
