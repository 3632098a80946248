"""The second factor is set up, switched on with a first code, and switched off again."""

from dataclasses import dataclass, field

from accounts.domain.credentials import SETUP_LIFETIME
from accounts.domain.second_factor import (
    matching_step,
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
    provisioning_uri,
)
from accounts.events import credentials as events
from accounts.handlers.guesses import Visitor, begin_guess, forgive
from accounts.handlers.parts import Parts
from accounts.handlers.proving import Proof, WrongCode, counted, proven, recovery_digests
from accounts.store import credentials, second_factor
from shared.runtime.auth.access_tokens import SignedIn


class NotSetUp(Exception):  # noqa: N818 - reads as the state of the account
    """Nothing is being set up: begin anew."""


class AlreadyOn(Exception):  # noqa: N818 - reads as the state of the account
    """The second factor is on: switch it off first."""


@dataclass(frozen=True)
class Setup:
    """What the app is told: the secret, to type in, and the same as an `otpauth` URI, for the QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


async def begin_setup(parts: Parts, who: SignedIn, proof: Proof, visitor: Visitor) -> Setup:
    """A fresh secret for an app, after the password. Raises AlreadyOn, and what `proven` raises.

    It belongs to the session that begins: another one, which has shown no password, could read it and have the codes.
    """
    async with proven(parts, who, proof, visitor) as (transaction, account):
        if account.second_factor:
            raise AlreadyOn
        secret = new_secret()
        closed = parts.vault.close(secret)
        await second_factor.begin_setup(transaction, account.account_id, who.session_id, closed, parts.clock())
        return Setup(secret, provisioning_uri(secret, account.email))


async def pending_setup(parts: Parts, who: SignedIn) -> Setup:
    """What this session sets up. Raises NotSetUp."""
    async with parts.connection() as connection:
        account = await credentials.of_account(connection, who.account_id)
        found = await second_factor.setup(connection, who.account_id, who.session_id)
    if account is None or found is None or parts.clock() - found[1] > SETUP_LIFETIME:
        raise NotSetUp
    secret = parts.vault.open(found[0])
    return Setup(secret, provisioning_uri(secret, account.email))


async def switch_on(parts: Parts, who: SignedIn, code: str, visitor: Visitor) -> list[str]:
    """Lets signing in ask for a code, now that one has shown that the app has the secret.

    Returns the recovery codes, which are shown this once. Raises NotSetUp, AlreadyOn, WrongCode,
    TooManyAttempts.
    """
    setup = await pending_setup(parts, who)
    guess = await begin_guess(parts, who.account_id.bytes, visitor, device=who.session_id.bytes)
    async with counted(parts, guess):
        now = parts.clock()
        step = matching_step(setup.secret, code, now, None)
        if step is None:
            raise WrongCode
    await forgive(parts, guess)
    async with parts.transaction() as transaction:
        account = await credentials.lock(transaction, who.account_id)
        if account is None:
            raise NotSetUp
        if account.second_factor:
            raise AlreadyOn
        codes = new_recovery_codes()
        digests = [recovery_digests(parts, account, plain)[0] for text in codes if (plain := plain_recovery_code(text))]
        event = events.second_factor_changed(account, now, enabled=True)
        closed = parts.vault.close(setup.secret)
        await second_factor.switch_on(transaction, account.account_id, closed, step, code_hashes=digests, event=event)
    return codes


async def switch_off(parts: Parts, who: SignedIn, proof: Proof, visitor: Visitor) -> None:
    """Lets signing in ask for no code any more, after password and code. Raises NotSetUp, and what `proven` raises."""
    async with proven(parts, who, proof, visitor) as (transaction, account):
        if account.second_factor is None:
            raise NotSetUp
        event = events.second_factor_changed(account, parts.clock(), enabled=False)
        await second_factor.switch_off(transaction, account.account_id, event)
