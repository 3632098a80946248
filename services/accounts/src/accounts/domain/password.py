"""Which passwords are accepted (OWASP ASVS 5.0, 6.2): long enough, not common or soon guessed, not one's own data.

No composition rules. A password is compared and hashed in the OpaqueString form of RFC 8265: every kind of space is
the plain space and the rest is NFC, so that a keyboard's way of writing `ż` does not matter. Not NFKC: it would make
different passwords the same.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accounts.domain.email_address import EmailAddress
from accounts.domain.guessable_words import GUESSABLE_WORDS
from accounts.domain.refusal import Refused

MIN_LENGTH = 8
MAX_LENGTH = 256
MIN_OWN_DATA = 4
"""Shorter local parts stand in too many good passwords by chance."""

MIN_GUESSES = 10_000_000
"""Fewer are soon made, even where each costs as much as logging in here; eight random letters withstand more."""

Guesses = Callable[[str, Sequence[str]], float]
"""Estimates how many guesses find a password when these words are tried as well, the likeliest first."""

COMMON = frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)


def opaque_string(password: str) -> str:
    """The form in which a password is hashed. Raises Refused `password_bad_character` for control characters."""
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    normal = unicodedata.normalize("NFC", spaced)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in normal):
        raise Refused("password_bad_character", "A control character cannot stand in a password")
    return normal


def comparable(password: str) -> str:
    """The form in which an entered password is compared; what could not be one is nobody's password."""
    try:
        return opaque_string(password)
    except Refused:
        return ""


def accept_password(password: str, email: EmailAddress | None) -> str:
    """The password in the form in which it is hashed.

    Raises Refused: `password_too_short`, `password_too_long`, `password_bad_character`, `password_common`,
    `password_personal` (without the address or its local part fewer than 8 characters are left).
    """
    normal = opaque_string(password)
    if len(normal) < MIN_LENGTH:
        raise Refused("password_too_short", f"At least {MIN_LENGTH} characters")
    if len(normal) > MAX_LENGTH:
        raise Refused("password_too_long", f"At most {MAX_LENGTH} characters")
    folded = normal.casefold()
    if folded in COMMON:
        raise _common()
    if email and len(_without_own_data(folded, email)) < MIN_LENGTH:
        raise Refused("password_personal", "The password must be more than your address")
    return normal


def accept_login_password(password: str, own: Sequence[str]) -> str:
    """The same for a school login, whose owner has these words of their own, in small letters.

    Raises Refused as `accept_password` does: `password_personal` where fewer than 8 characters are left without them.
    """
    normal = accept_password(password, None)
    rest = normal.casefold()
    for word in own:
        rest = rest.replace(word, "")
    if len(rest) < MIN_LENGTH:
        raise Refused("password_personal", "The password must be more than your name and your login")
    return normal


def refuse_guessable(password: str, email: EmailAddress, guesses: Guesses) -> None:
    """Raises Refused `password_common` for an accepted password that is a common one in disguise.

    It is a rule of its own because estimating takes its time.
    """
    own_words = [word for word in re.split(r"[^a-z0-9]+", email.key) if len(word) >= MIN_OWN_DATA]
    refuse_guessable_from(password, own_words, guesses)


def refuse_guessable_from(password: str, own: Sequence[str], guesses: Guesses) -> None:
    """The same, of somebody with these words of their own: a name, a number."""
    if guesses(password, [*own, *GUESSABLE_WORDS]) < MIN_GUESSES:
        raise _common()


def _common() -> Refused:
    return Refused("password_common", "Many people use this password or one like it; attackers try it first")


def _without_own_data(folded: str, email: EmailAddress) -> str:
    local_part = email.local_part.casefold()
    rest = folded.replace(email.key, "")
    return rest.replace(local_part, "") if len(local_part) >= MIN_OWN_DATA else rest
