"""Guesses at a school login: they count for its school as well, and the school's office sees at which ones they failed.

Its digits can be tried one after the other, from as many networks as somebody has. Of that each login sees little, but
its school all.
"""

from uuid import UUID

from accounts.domain.school_logins import number_of
from accounts.handlers.guesses import Guess, Visitor, begin_guess
from accounts.handlers.parts import Parts
from accounts.store import login_guesses as store
from accounts.store import school_logins
from accounts.store.login_guesses import Aim
from accounts.store.school_logins import SchoolLogin


async def begin_login_guess(
    parts: Parts, name: str, login: SchoolLogin | None, visitor: Visitor, *, device: bytes | None
) -> Guess:
    """Counts a guess at the login of a name, whether there is one or not, from a `device` that it knows or a network.

    Raises TooManyAttempts.
    """
    digest = parts.keyed_digest(b"school login", name.encode())
    if device:
        return await begin_guess(parts, digest, visitor, device=device)
    somewhere = await _school_of_nobody(parts, name)  # looked for also where it is not needed: it takes time
    school = login.school_id if login else somewhere
    return await begin_guess(parts, digest, visitor, device=None, school=school)


async def note_wrong_guess(parts: Parts, login: SchoolLogin | None, aim: Aim) -> None:
    """The office sees a guess that was wrong; none that was turned away as one too many, which told nothing."""
    async with parts.connection() as connection:
        # Without a login the statement is the same, but only with one a row is written and flushed, in some
        # milliseconds. The answers' beat hides them but for the few in a hundred that miss it because of them. Whoever
        # wants to see these needs hundreds of answers about one name, and a network has five in a quarter of an hour
        # and then ever fewer, while all networks together soon fill the window of the school.
        await store.note(connection, login.login_id if login else None, parts.today(), aim)


async def _school_of_nobody(parts: Parts, name: str) -> UUID | None:
    """The school that a name counts for which nobody has; None where nobody has a login at all.

    It is that of a login that the name's digest chooses. So a school has as large a part of these names as of those
    that there are, and that it is full, which is told by 429, makes no name the likelier to be somebody's.
    """
    pair = name.rstrip("uk")  # the two halves of a pair are of one school, and so are those that nobody has
    number = number_of(parts.keyed_digest(b"school of nobody", pair.encode()))
    async with parts.connection() as connection:
        return await school_logins.school_near(connection, number)
