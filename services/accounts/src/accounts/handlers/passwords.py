"""A password that somebody chooses: accepted by the rules, then hashed."""

from collections.abc import Callable, Sequence
from functools import partial

from accounts.domain.email_address import EmailAddress
from accounts.domain.password import accept_login_password, accept_password, refuse_guessable, refuse_guessable_from
from accounts.domain.refusal import Refused
from accounts.guessing import guesses
from accounts.handlers.parts import Parts


class PasswordRefused(Exception):  # noqa: N818 - reads as what happened
    """The password breaks a rule, or is guessed too soon; `reason` says so with its code. `field` is the form's."""

    def __init__(self, reason: Refused, field: str) -> None:
        super().__init__(reason.code)
        self.reason = reason
        self.field = field


async def new_hash(parts: Parts, password: str, email: EmailAddress, *, field: str = "new_password") -> str:
    """The hash of a password that the owner of an address may have. Raises PasswordRefused, HashingBusy."""
    accept = partial(accept_password, email=email)
    return await _hash(parts, password, accept, partial(refuse_guessable, email=email, guesses=guesses), field)


async def new_hash_of_login(parts: Parts, password: str, own: Sequence[str], *, field: str = "new_password") -> str:
    """The hash of a password for a school login whose owner has these words of their own.

    Raises PasswordRefused, HashingBusy.
    """
    accept = partial(accept_login_password, own=own)
    return await _hash(parts, password, accept, partial(refuse_guessable_from, own=own, guesses=guesses), field)


async def _hash(
    parts: Parts, password: str, accept: Callable[[str], str], check: Callable[[str], None], field: str
) -> str:
    try:
        return await parts.hasher.hash(accept(password), check)
    except Refused as reason:
        raise PasswordRefused(reason, field) from None
