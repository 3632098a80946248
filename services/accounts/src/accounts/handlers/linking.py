"""A portal account takes in school logins: whoever knows a login's password links it (domain.md, People and logins).

A login is linked with one account at most. The link ends by either side, and by the school when it prints another
password. Whoever changes a link locks the account first, then the login.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.credentials import Credentials
from accounts.domain.links import Link, Place
from accounts.events.links import By, link_changed, login_linked, login_unlinked
from accounts.handlers.first_password import FirstPasswordUsed, prove_login, set_chosen, whose_choice
from accounts.handlers.guesses import (
    TooManyAttempts,
    Visitor,
    begin_guess_of_account,
    forgive,
    take_back,
)
from accounts.handlers.login_guesses import begin_login_guess, note_wrong_guess
from accounts.handlers.mail_requests import count_link
from accounts.handlers.parts import ATTEMPTS, Contended, Parts
from accounts.handlers.passwords import new_hash_of_login
from accounts.handlers.proving import WrongPassword
from accounts.handlers.sessions import SessionGone
from accounts.passwords import HashingBusy
from accounts.store import credentials, links, school_logins, ties
from accounts.store.school_logins import SchoolLogin
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection


class LoginRefused(Exception):  # noqa: N818 - reads as what happened
    """There is no such login, or the password is not its: nobody is told which."""


class LinkedElsewhere(Exception):  # noqa: N818 - reads as the state of the login
    """Another account has the login. Told to nobody but who knows its password."""


class NoSuchLink(Exception):  # noqa: N818 - reads as the state of the account
    """The login is not linked with the account."""


@dataclass(frozen=True)
class LoginProof:
    """What somebody enters from a slip."""

    login: str
    password: str = field(repr=False)


async def link_login(parts: Parts, who: SignedIn, proof: LoginProof, visitor: Visitor) -> Link:
    """Links a login with the account of who is signed in; one that is linked with it stays so.

    Raises LoginRefused, FirstPasswordUsed, LinkedElsewhere, TooManyAttempts, TooManyRequests, HashingBusy.
    """
    login = await _prove(parts, who, proof, visitor)
    if login.is_first_password:
        raise FirstPasswordUsed(login)
    async with parts.transaction() as transaction:
        account = await _locked(transaction, who)
        locked = await school_logins.locked(transaction, login.login_id)
        if locked is None or locked.password_hash != login.password_hash:  # it was changed in this moment
            raise LoginRefused
        return await _link(parts, transaction, account, login.login_id)


async def choose_password_and_link(parts: Parts, who: SignedIn, token: str, password: str) -> Link:
    """Sets a password in the place of the printed one, by the token of `await_password`, and links the login.

    Raises SignInRefused when it was too long ago or has changed since, PasswordRefused, LinkedElsewhere, HashingBusy.
    """
    login = await whose_choice(parts, token)
    password_hash = await new_hash_of_login(parts, password, login.own_words)
    async with parts.transaction() as transaction:
        account = await _locked(transaction, who)
        await set_chosen(parts, transaction, token, password_hash)
        return await _link(parts, transaction, account, login.login_id)


async def linked_logins(parts: Parts, who: SignedIn) -> list[Link]:
    """The logins that are linked with the account of who is signed in, the first one first."""
    async with parts.connection() as connection:
        return await links.of_account(connection, who.account_id)


async def places(parts: Parts, who: SignedIn) -> list[Place]:
    """What the caller is today, by the school login or those of the portal account, and where."""
    async with parts.connection() as connection:
        return await links.places(connection, await ties.acting_of(connection, who), parts.today())


async def unlink_login(parts: Parts, who: SignedIn, login_id: UUID) -> None:
    """Ends a link of the account of who is signed in. Raises NoSuchLink, Contended."""
    await _end_link(parts, login_id, by="account", only=who.account_id)


async def unlink_account(parts: Parts, who: SignedIn) -> None:
    """Ends the link of the school login of who is signed in. Raises NoSuchLink, Contended."""
    await _end_link(parts, who.account_id, by="login")


async def end_link(
    transaction: Connection, login_id: UUID, now: datetime, *, by: By, only: UUID | None = None
) -> Link | None:
    """Ends the link of a login, which stays locked, and tells so; None where there is none, or none with `only`.

    Raises Contended where somebody linked it, or ended that, in this moment: the caller begins anew.
    """
    before = await links.of_login(transaction, login_id)
    if before is None or only not in {None, before.account_id}:
        return None
    account = await credentials.lock(transaction, before.account_id) if before.account_id else None
    await school_logins.locked(transaction, login_id)
    link = await links.of_login(transaction, login_id)
    if link is None or link.version != before.version:
        raise Contended
    if account is None:
        return None
    ended = link.ended()
    events = [login_unlinked(account, link, now, by=by), link_changed(ended, now)]
    await links.keep(transaction, ended, events, account_id=account.account_id)
    return ended


async def _end_link(parts: Parts, login_id: UUID, *, by: By, only: UUID | None = None) -> None:
    for _ in range(ATTEMPTS):
        with suppress(Contended):
            async with parts.transaction() as transaction:
                if await end_link(transaction, login_id, parts.clock(), by=by, only=only) is None:
                    raise NoSuchLink
                return
    raise Contended


async def _prove(parts: Parts, who: SignedIn, proof: LoginProof, visitor: Visitor) -> SchoolLogin:
    """The login, if the password is its. Raises LoginRefused, TooManyAttempts, HashingBusy.

    The guess counts for the account as well, whatever networks it comes from and whichever logins are tried.
    """
    async with parts.connection() as connection:
        login = await school_logins.named(connection, proof.login)
    own = await begin_guess_of_account(parts, who.account_id)
    try:
        guess = await begin_login_guess(parts, proof.login, login, visitor, device=None)
        await prove_login(parts, login, proof.password, guess)
    except WrongPassword:
        await note_wrong_guess(parts, login, "link")
        raise LoginRefused from None
    except (TooManyAttempts, HashingBusy):
        await take_back(parts, own)
        raise
    assert login is not None  # noqa: S101 - without a login no password is right
    await take_back(parts, own)  # and not forgiven: else a login of one's own would open the way for more guesses
    await forgive(parts, guess)
    return login


async def _locked(transaction: Connection, who: SignedIn) -> Credentials:
    """The account of who is signed in, locked. Raises SessionGone when it was deleted in this moment."""
    account = await credentials.lock(transaction, who.account_id)
    if account is None:
        raise SessionGone
    return account


async def _link(parts: Parts, transaction: Connection, account: Credentials, login_id: UUID) -> Link:
    """Links a login with an account; the caller has locked both. Raises LinkedElsewhere, TooManyRequests."""
    link = await links.of_login(transaction, login_id)
    assert link is not None  # noqa: S101 - it is locked
    if link.account_id == account.account_id:
        return link
    if link.account_id is not None:
        raise LinkedElsewhere
    await count_link(parts, transaction, account)
    now = parts.clock()
    linked = link.with_account(account.account_id, now)
    events = [login_linked(account, linked, now), link_changed(linked, now)]
    await links.keep(transaction, linked, events, account_id=account.account_id)
    return linked
