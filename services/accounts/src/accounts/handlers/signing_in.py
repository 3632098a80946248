"""A person signs in: with address and password, and with a code where the account asks for one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.domain.credentials import Credentials
from accounts.domain.email_address import EmailAddress
from accounts.domain.sessions import Session, new_form_token
from accounts.domain.tokens import Purpose, new_token, token_fault, token_hash
from accounts.events import credentials as events
from accounts.handlers.beginning import Begun, Browser, browser_of_visitor, make_room, shown
from accounts.handlers.guessed_codes import told_of
from accounts.handlers.guesses import Guess, Visitor, begin_code, begin_guess
from accounts.handlers.parts import Parts
from accounts.handlers.proving import CodeNeeded, WrongPassword, counted, locked, prove_password
from accounts.handlers.sessions import access_of
from accounts.store import credentials, sessions
from accounts.store.sessions import NewSession
from shared.contracts.envelope import Event, EventData
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection

CODE_LIFETIME = timedelta(minutes=10)
"""Between the password and the code."""


class SignInRefused(Exception):  # noqa: N818 - reads as what happened
    """No active account has this address and this password; nobody is told which of the two is wrong."""


@dataclass(frozen=True)
class SignIn:
    """What a person enters. `shared` says that others use this computer, too."""

    email: EmailAddress
    password: str = field(repr=False)
    shared: bool = False
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Proven:
    """Credentials whose password was right, by which of its tokens they know the browser, what is written with it."""

    account: Credentials
    guess: Guess
    device: bytes | None
    better_hash: str | None = field(default=None, repr=False)


async def sign_in(parts: Parts, asked: SignIn, visitor: Visitor, former_token: str | None = None) -> Begun:
    """Begins a session in the place of the browser's former one.

    Raises SignInRefused, CodeNeeded, WrongCode, TooManyAttempts, HashingBusy.
    """
    async with parts.connection() as connection:
        account, device = await credentials.of_address_on_device(connection, asked.email.key, shown(visitor))
    guess = await begin_guess(parts, parts.address_digest(asked.email), visitor, device=device)
    try:
        verdict = await prove_password(parts, account.password_hash if account else None, asked.password, guess)
    except WrongPassword:
        raise SignInRefused from None
    assert account is not None  # noqa: S101 - without an account no password is right
    proven = _Proven(account, guess, device, verdict.better_hash)
    return await _begin(parts, proven, visitor, shared=asked.shared, code=asked.code, former_token=former_token)


async def await_code(parts: Parts, needed: CodeNeeded) -> str:
    """A token by which the code can follow in a second form, without the password."""
    token = new_token()
    async with parts.connection() as connection:
        await credentials.add_token(
            connection,
            token_hash(token),
            needed.account.account_id,
            Purpose.SECOND_FACTOR,
            parts.clock() + CODE_LIFETIME,
        )
    return token


async def sign_in_with_code(
    parts: Parts, token: str, code: str, visitor: Visitor, *, shared: bool, former_token: str | None = None
) -> Begun:
    """Begins a session after the password was right.

    Raises SignInRefused when that was too long ago or has changed since, WrongCode, TooManyAttempts.
    """
    async with parts.connection() as connection:
        waiting = await credentials.token(connection, token_hash(token))
        if waiting is None or token_fault(waiting, Purpose.SECOND_FACTOR, parts.clock()):
            raise SignInRefused
        account = await credentials.of_account(connection, waiting.account_id)
        device = await sessions.known_among(connection, waiting.account_id, shown(visitor))
    if account is None:
        raise SignInRefused
    digest = parts.address_digest(EmailAddress(account.email))
    guess = await begin_guess(parts, digest, visitor, device=device)
    proven = _Proven(account, guess, device)
    return await _begin(
        parts, proven, visitor, shared=shared, code=code, former_token=former_token, spent=token_hash(token)
    )


async def _begin(
    parts: Parts,
    proven: _Proven,
    visitor: Visitor,
    *,
    shared: bool,
    code: str | None,
    former_token: str | None,
    spent: bytes | None = None,
) -> Begun:
    """Writes the session, and with it whatever follows from it."""
    browser = browser_of_visitor(parts, visitor, known=proven.device, shared=shared)
    session_token = new_token()
    codes = await begin_code(parts, proven.guess) if code and proven.account.second_factor else 0
    async with (
        counted(parts, proven.guess),
        told_of(parts, proven.account, codes),
        parts.transaction() as transaction,
    ):
        try:
            account = await locked(parts, transaction, proven.account, code)
        except WrongPassword:  # it was changed in this moment
            raise SignInRefused from None
        now = parts.clock()
        if spent and not await credentials.use_token(transaction, spent, now):
            raise SignInRefused
        session = Session(new_id(), account.account_id, new_form_token(), browser.device, now, now)
        await make_room(transaction, account.account_id, former_token, now)
        alarms = await _alarms(transaction, account, browser, now)
        new = NewSession(
            session,
            token_hash(session_token),
            browser.known_by,
            proven.guess.subjects,
            version_steps=len(alarms),
            better_hash=proven.better_hash,
            events=alarms,
        )
        await sessions.begin(transaction, new)
    return Begun(session, session_token, access_of(parts, session, now), browser.cookie)


async def _alarms(
    transaction: Connection, account: Credentials, browser: Browser, now: datetime
) -> list[Event[EventData]]:
    """The event for a browser that is new to the account; none for its first sign-in."""
    known, signed_in_before = await sessions.device_known(transaction, account.account_id, browser.known_by)
    return [] if known or not signed_in_before else [events.signed_in_from_new_device(account, browser.device, now)]
