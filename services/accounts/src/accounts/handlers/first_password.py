"""The printed password of a school login opens nothing but the choice of another, which a token lets follow."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from accounts.domain.school_logins import printed_password
from accounts.domain.tokens import Purpose, new_token, token_fault, token_hash
from accounts.handlers.guesses import Guess
from accounts.handlers.parts import Parts
from accounts.handlers.proving import prove_password
from accounts.handlers.signing_in import CODE_LIFETIME, SignInRefused
from accounts.passwords import Verdict
from accounts.store import credentials, school_logins
from accounts.store.school_logins import SchoolLogin
from shared.runtime.postgres import Connection

Look = Callable[[Connection, UUID], Awaitable[SchoolLogin | None]]
"""Looks at a login: as it is, or so that nobody else changes it meanwhile."""


class FirstPasswordUsed(Exception):  # noqa: N818 - reads as what happened
    """The password is the printed one, and right: another has to be chosen."""

    def __init__(self, login: SchoolLogin) -> None:
        super().__init__("another password has to be chosen")
        self.login = login


async def prove_login(parts: Parts, login: SchoolLogin | None, password: str, guess: Guess) -> Verdict:
    """That the password is the login's, however the printed one was copied; without a login it takes as long.

    Raises WrongPassword, HashingBusy, TooManyAttempts.
    """
    entered = printed_password(password) if login and login.is_first_password else password
    return await prove_password(parts, login.password_hash if login else None, entered, guess)


async def await_password(parts: Parts, used: FirstPasswordUsed) -> str:
    """A token by which the choice of a password can follow, without the printed one.

    Raises SignInRefused where another was printed in this moment: a slip that was lost lets nobody choose then.
    """
    token, proven = new_token(), used.login
    async with parts.transaction() as transaction:
        login = await school_logins.locked(transaction, proven.login_id)
        if login is None or login.password_hash != proven.password_hash:
            raise SignInRefused
        ends_at = parts.clock() + CODE_LIFETIME
        await credentials.add_token(transaction, token_hash(token), login.login_id, Purpose.FIRST_PASSWORD, ends_at)
    return token


async def whose_choice(parts: Parts, token: str) -> SchoolLogin:
    """Who is to choose a password. Raises SignInRefused when it was too long ago or is done."""
    async with parts.connection() as connection:
        return await _waiting(parts, connection, token, school_logins.of_id)


async def set_chosen(parts: Parts, transaction: Connection, token: str, password_hash: str) -> SchoolLogin:
    """Sets the password that was chosen; the token is spent, and the login locked.

    Raises SignInRefused when it was too long ago or has changed since.
    """
    login = await _waiting(parts, transaction, token, school_logins.locked)
    if not await credentials.use_token(transaction, token_hash(token), parts.clock()):
        raise SignInRefused
    await school_logins.set_password(transaction, login.login_id, password_hash)
    return login


async def _waiting(parts: Parts, connection: Connection, token: str, look: Look) -> SchoolLogin:
    waiting = await credentials.token(connection, token_hash(token))
    if waiting is None or token_fault(waiting, Purpose.FIRST_PASSWORD, parts.clock()):
        raise SignInRefused
    login = await look(connection, waiting.account_id)
    if login is None or not login.is_first_password:
        raise SignInRefused
    return login
