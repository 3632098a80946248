"""A person proves who they are: with the password, and with a code where the account asks for one.

Every proof is a guess that is counted first. What was proven holds for the credentials as they were read: whoever acts
on it locks the account and looks whether they still are the same.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from accounts.domain.credentials import Credentials
from accounts.domain.email_address import EmailAddress
from accounts.domain.password import comparable
from accounts.domain.second_factor import matching_step, plain_recovery_code
from accounts.handlers.guesses import (
    Guess,
    Visitor,
    begin_guess,
    forgive,
    look_again,
    note_failure,
    take_back,
)
from accounts.handlers.parts import Parts
from accounts.passwords import HashingBusy, Verdict
from accounts.store import credentials as store
from accounts.store import second_factor
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.postgres import Connection


class WrongPassword(Exception):  # noqa: N818 - reads as what happened
    """The password is not the account's, or there is no such active account: nobody is told which."""


class CodeNeeded(Exception):  # noqa: N818 - reads as what happened
    """The password is right, and the account asks for a code as well."""

    def __init__(self, account: Credentials) -> None:
        super().__init__("a code is needed")
        self.account = account


class WrongCode(Exception):  # noqa: N818 - reads as what happened
    """The code is wrong, too old, or was used before."""


async def prove_password(parts: Parts, password_hash: str | None, password: str, guess: Guess) -> Verdict:
    """That the hash is the password's; without one it takes as long.

    Raises WrongPassword, HashingBusy, TooManyAttempts.
    """
    try:
        verdict = await parts.hasher.verify(comparable(password), password_hash)
    except HashingBusy:
        await take_back(parts, guess)
        raise
    if not verdict.right:
        await note_failure(parts, guess)
        raise WrongPassword
    await look_again(parts, guess)
    return verdict


async def spend_code(parts: Parts, transaction: Connection, account: Credentials, code: str | None) -> None:
    """Takes the code that a locked account asks for, from the app or a recovery code; it is good once.

    Raises CodeNeeded, WrongCode.
    """
    if account.second_factor is None:
        return
    if not code:
        raise CodeNeeded(account)
    secret = parts.vault.open(account.second_factor)
    step = matching_step(secret, code, parts.clock(), account.second_factor_step)
    if step is not None:
        await second_factor.note_step(transaction, account.account_id, step)
        return
    recovery = plain_recovery_code(code)
    if recovery:
        digests = recovery_digests(parts, account, recovery)
        if await second_factor.use_code(transaction, account.account_id, digests, parts.clock()):
            return
    raise WrongCode


def recovery_digests(parts: Parts, account: Credentials, plain: str) -> list[bytes]:
    """What is kept of a recovery code, and what was under earlier secrets."""
    return parts.keyed_digests(b"recovery code", account.account_id.bytes + plain.encode())


@dataclass(frozen=True)
class Proof:
    """What somebody who is signed in shows once more, before something that matters."""

    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


@asynccontextmanager
async def proven(
    parts: Parts, who: SignedIn, proof: Proof, visitor: Visitor
) -> AsyncIterator[tuple[Connection, Credentials]]:
    """A transaction on the account of who is signed in, locked, after the proof.

    Raises WrongPassword, CodeNeeded, WrongCode, TooManyAttempts, HashingBusy.
    """
    async with parts.connection() as connection:
        account = await store.of_account(connection, who.account_id)
    if account is None:
        raise WrongPassword
    digest = parts.address_digest(EmailAddress(account.email))
    # The session is as good as a device that is known: a stranger has none.
    guess = await begin_guess(parts, digest, visitor, device=who.session_id.bytes)
    await prove_password(parts, account.password_hash, proof.password, guess)
    async with counted(parts, guess), parts.transaction() as transaction:
        await locked(parts, transaction, account, proof.code)
    await forgive(parts, guess)
    # In a transaction of its own: what was proven stays proven when the use case refuses.
    async with parts.transaction() as transaction:
        yield transaction, await _unchanged(transaction, account)


@asynccontextmanager
async def counted(parts: Parts, guess: Guess) -> AsyncIterator[None]:
    """Around what spends a code: a wrong one counts for the network as well, a missing one is no failure."""
    try:
        yield
    except WrongCode:
        await note_failure(parts, guess)
        raise
    except CodeNeeded:
        await take_back(parts, guess)
        raise


async def locked(parts: Parts, transaction: Connection, proven: Credentials, code: str | None) -> Credentials:
    """The account, locked and its code spent, if it still is as it was proven.

    Raises WrongPassword, CodeNeeded, WrongCode.
    """
    account = await _unchanged(transaction, proven)
    await spend_code(parts, transaction, account, code)
    return account


async def _unchanged(transaction: Connection, proven: Credentials) -> Credentials:
    """The account, locked, if what was proven for it still holds. Raises WrongPassword."""
    account = await store.lock(transaction, proven.account_id)
    if account is None or not _same_proof(account, proven):
        raise WrongPassword
    return account


def _same_proof(account: Credentials, proven: Credentials) -> bool:
    """Whether what was proven for the one holds for the other."""
    return (account.password_hash, account.second_factor) == (proven.password_hash, proven.second_factor)
