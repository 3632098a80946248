"""Somebody signs in with a school login. The printed password opens nothing but the choice of another."""

from dataclasses import dataclass, field

from accounts.domain.sessions import Session, new_form_token
from accounts.domain.tokens import new_token, token_hash
from accounts.handlers.beginning import Begun, browser_of_visitor, make_room, shown
from accounts.handlers.first_password import FirstPasswordUsed, prove_login, set_chosen, whose_choice
from accounts.handlers.guesses import Guess, Visitor, forgive
from accounts.handlers.login_guesses import begin_login_guess, note_wrong_guess
from accounts.handlers.parts import Parts
from accounts.handlers.passwords import new_hash_of_login
from accounts.handlers.proving import Proof, WrongPassword
from accounts.handlers.revoking import revoke_all
from accounts.handlers.sessions import SessionGone, access_of
from accounts.handlers.signing_in import SignInRefused
from accounts.store import school_logins, sessions
from accounts.store.school_logins import SchoolLogin
from accounts.store.sessions import NewSession
from shared.runtime.auth.access_tokens import SignedIn
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection


@dataclass(frozen=True)
class SchoolSignIn:
    """What somebody enters. `shared` says that others use this computer, too."""

    login: str
    password: str = field(repr=False)
    shared: bool = False


@dataclass(frozen=True)
class _Came:
    """From where somebody comes: by what the login knows the browser, and the session that it had before."""

    visitor: Visitor
    known: bytes | None
    shared: bool
    former_token: str | None = field(repr=False)


async def sign_in_at_school(
    parts: Parts, asked: SchoolSignIn, visitor: Visitor, former_token: str | None = None
) -> Begun:
    """Begins a session in the place of the browser's former one.

    Raises SignInRefused, FirstPasswordUsed, TooManyAttempts, HashingBusy.
    """
    async with parts.connection() as connection:
        login = await school_logins.named(connection, asked.login)
        device = await school_logins.known_device(connection, asked.login, shown(visitor))
    guess = await begin_login_guess(parts, asked.login, login, visitor, device=device)
    try:
        verdict = await prove_login(parts, login, asked.password, guess)
    except WrongPassword:
        await note_wrong_guess(parts, login, "sign_in")
        raise SignInRefused from None
    assert login is not None  # noqa: S101 - without a login no password is right
    if login.is_first_password:
        await forgive(parts, guess)
        raise FirstPasswordUsed(login)
    came = _Came(visitor, device, asked.shared, former_token)
    async with parts.transaction() as transaction:
        locked = await school_logins.locked(transaction, login.login_id)
        if locked is None or locked.password_hash != login.password_hash:  # it was changed in this moment
            raise SignInRefused
        if verdict.better_hash:
            await school_logins.set_password(transaction, login.login_id, verdict.better_hash)
        return await _begin(parts, transaction, locked, guess, came)


async def choose_password(
    parts: Parts, token: str, password: str, visitor: Visitor, *, shared: bool, former_token: str | None = None
) -> Begun:
    """Sets the password in the place of the printed one, and begins a session.

    Raises SignInRefused when it was too long ago or has changed since, PasswordRefused, HashingBusy, TooManyAttempts.
    """
    login = await whose_choice(parts, token)
    password_hash = await new_hash_of_login(parts, password, login.own_words)
    async with parts.connection() as connection:
        device = await school_logins.known_device(connection, login.name, shown(visitor))
    guess = await begin_login_guess(parts, login.name, login, visitor, device=device)
    async with parts.transaction() as transaction:
        login = await set_chosen(parts, transaction, token, password_hash)
        return await _begin(parts, transaction, login, guess, _Came(visitor, device, shared, former_token))


async def change_password(parts: Parts, who: SignedIn, proof: Proof, password: str, visitor: Visitor) -> None:
    """Sets another password after the old one was proven. Every other session ends.

    Raises WrongPassword, TooManyAttempts, PasswordRefused, HashingBusy.
    """
    login = await look_at_login(parts, who)
    password_hash = await new_hash_of_login(parts, password, login.own_words)
    guess = await begin_login_guess(parts, login.name, login, visitor, device=who.session_id.bytes)
    await prove_login(parts, login, proof.password, guess)
    await forgive(parts, guess)
    async with parts.transaction() as transaction:
        locked = await school_logins.locked(transaction, login.login_id)
        if locked is None or locked.password_hash != login.password_hash:
            raise WrongPassword
        await revoke_all(transaction, login.login_id, "password_changed", parts.clock(), keep=who.session_id)
        await school_logins.set_password(transaction, login.login_id, password_hash)


async def look_at_login(parts: Parts, who: SignedIn) -> SchoolLogin:
    """The login of who is signed in. Raises SessionGone when it is over."""
    async with parts.connection() as connection:
        login = await school_logins.of_id(connection, who.account_id)
    if login is None:
        raise SessionGone
    return login


async def _begin(parts: Parts, transaction: Connection, login: SchoolLogin, guess: Guess, came: _Came) -> Begun:
    """Writes the session of a login that the caller has locked."""
    browser = browser_of_visitor(parts, came.visitor, known=came.known, shared=came.shared)
    session_token, now = new_token(), parts.clock()
    owner = login.person_id, login.kind, login.scope_id
    session = Session(new_id(), login.login_id, new_form_token(), browser.device, now, now, *owner)
    await make_room(transaction, login.login_id, came.former_token, now)
    await sessions.begin(transaction, NewSession(session, token_hash(session_token), browser.known_by, guess.subjects))
    return Begun(session, session_token, access_of(parts, session, now), browser.cookie)
