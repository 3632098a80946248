"""A password that somebody chooses: accepted by the rules, then hashed."""

from functools import partial

from accounts.domain.email_address import EmailAddress
from accounts.domain.password import accept_password, refuse_guessable
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
    check = partial(refuse_guessable, email=email, guesses=guesses)
    try:
        return await parts.hasher.hash(accept_password(password, email), check)
    except Refused as reason:
        raise PasswordRefused(reason, field) from None
