"""Sessions after they began: renewed, listed, ended."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from accounts.domain.sessions import Session
from accounts.domain.tokens import token_hash
from accounts.handlers.parts import Parts
from accounts.handlers.revoking import revoke, revoke_all
from accounts.store import credentials, school_logins, sessions
from shared.contracts.envelope import LoginKind
from shared.runtime.auth.access_tokens import SignedIn, issue


class SessionGone(Exception):  # noqa: N818 - reads as the state of the session
    """The session has ended, or there never was one: sign in."""


class NoSuchSession(Exception):  # noqa: N818 - reads as the state of the session
    """The account has no session like it, or no longer."""


@dataclass(frozen=True)
class Access:
    """An access token and when it runs out."""

    token: str = field(repr=False)
    expires_at: datetime


def access_of(parts: Parts, session: Session, now: datetime) -> Access:
    """A fresh access token of a session."""
    expires_at = now + session.device.access
    who = SignedIn(
        account_id=session.account_id,
        session_id=session.session_id,
        form_token=session.form_token,
        issued_at=now,
        expires_at=expires_at,
        person_id=session.person_id,
        login_kind=cast("LoginKind | None", session.login_kind and session.login_kind.value),
        scope_id=session.scope_id,
    )
    return Access(issue(parts.keys.signing, who), expires_at)


async def refresh(parts: Parts, session_token: str | None) -> tuple[Session, Access]:
    """A fresh access token; it counts as use of the session. Raises SessionGone."""
    if not session_token:
        raise SessionGone
    now = parts.clock()
    async with parts.connection() as connection:
        session = await sessions.use(connection, token_hash(session_token), now)
    if session is None:
        raise SessionGone
    return session, access_of(parts, session, now)


async def list_sessions(parts: Parts, who: SignedIn) -> list[Session]:
    """The sessions of the account, the last used first."""
    async with parts.connection() as connection:
        return await sessions.of_account(connection, who.account_id, parts.clock())


async def sign_out(parts: Parts, session_token: str | None) -> None:
    """Ends the session of a reference token; without one there is nothing to end."""
    if not session_token:
        return
    async with parts.transaction() as transaction:
        found = await sessions.of_token(transaction, token_hash(session_token))
        if found:
            await revoke(transaction, found[1], [found[0]], "signed_out", parts.clock())


async def end_session(parts: Parts, who: SignedIn, session_id: UUID) -> None:
    """Ends one session of the account. Raises NoSuchSession."""
    async with parts.transaction() as transaction:
        if not await revoke(transaction, who.account_id, [session_id], "signed_out", parts.clock()):
            raise NoSuchSession


async def sign_out_everywhere(parts: Parts, who: SignedIn) -> None:
    """Ends all sessions of the account, also the one that asks."""
    async with parts.transaction() as transaction:
        # Locked: whoever signs in at this moment does so before or after.
        if who.person_id is None:
            await credentials.lock(transaction, who.account_id)
        else:
            await school_logins.locked(transaction, who.account_id)
        await revoke_all(transaction, who.account_id, "signed_out", parts.clock())
