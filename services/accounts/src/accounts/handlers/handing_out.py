"""Logins are handed out: made for those who have none, and printed. Their passwords are kept nowhere in clear."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.school_logins import Holder, Kind, named, new_password, printed_password
from accounts.handlers.linking import end_link
from accounts.handlers.revoking import revoke_all
from accounts.passwords import PasswordHasher
from accounts.store import school_logins as store
from accounts.store.school_logins import Found, NewLogin, School, SchoolLogin
from shared.runtime.events import new_id
from shared.runtime.i18n import WARSAW
from shared.runtime.postgres import Connection

DRAWS = 10
"""How often numbers are drawn until nobody has them: a few in a hundred are taken where millions are."""

HASHED_AT_ONCE = 4


@dataclass(frozen=True)
class Slip:
    """What somebody is given on paper. `pupil` is whose pair it is, None for staff."""

    kind: Kind
    person: str
    pupil: str | None
    language: str | None
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class HandedOut:
    """The slips, and how many of them are of new logins; `kept` have a login already."""

    slips: Sequence[Slip]
    new: int
    kept: int


Print = Callable[[Sequence[Slip]], None]
"""Puts the slips where they can be taken from, before what they say becomes true."""


async def hand_out(
    connection: Connection,
    hasher: PasswordHasher,
    school: School,
    class_id: UUID | None,
    *,
    again: bool,
    now: datetime,
    printing: Print,
) -> HandedOut:
    """Gives everybody of a class, or without one the staff, a login who has none.

    `again`: also another password to those who have not used theirs; whoever has chosen a password keeps it.
    What `printing` raises leaves everything as it was.
    """
    today = now.astimezone(WARSAW).date()
    async with connection.transaction():
        await store.lock_school(connection, school.school_id)
        if class_id is None:
            found = await store.on_staff(connection, school.school_id, today)
        else:
            found = await store.in_class(connection, class_id, today)
        names = await _new_names(connection, [each.holder for each in found])
        slips = [slip for each in found if (slip := _slip(each, names, again=again))]
        hashes = await _hashes(hasher, slips)
        hashed = {slip.login: hash_ for slip, hash_ in zip(slips, hashes, strict=True)}
        added = [NewLogin(new_id(), holder, name, hashed[name]) for holder, name in names.items()]
        await store.add(connection, school, added, now)
        known = {each.holder.name: each.login_id for each in found if each.login_id and each.holder.name in hashed}
        old = [(login_id, hashed[name]) for name, login_id in known.items() if name]
        printed = await store.print_again(connection, old, now, also_chosen=False)
        slips = [slip for slip in slips if slip.login not in known or known[slip.login] in printed]
        printing(slips)
    return HandedOut(slips, new=len(added), kept=len(found) - len(slips))


async def hand_out_again(
    connection: Connection, hasher: PasswordHasher, login: SchoolLogin, *, now: datetime, printing: Print
) -> Slip:
    """Another printed password for one login, whatever its owner has chosen. Its sessions end, and so does its link.

    What `printing` raises leaves everything as it was.
    """
    person = f"{login.given_name} {login.family_name}"
    slip = Slip(login.kind, person, login.pupil, login.language, login.name, new_password())
    hash_ = await hasher.hash(printed_password(slip.password))
    async with connection.transaction():
        await end_link(connection, login.login_id, now, by="school")
        await store.locked(connection, login.login_id)  # whoever signs in at this moment does so before or after
        await store.print_again(connection, [(login.login_id, hash_)], now, also_chosen=True)
        await revoke_all(connection, login.login_id, "password_changed", now)
        printing([slip])
    return slip


async def _hashes(hasher: PasswordHasher, slips: Sequence[Slip]) -> list[str]:
    """Of the passwords. A few at a time, so that whoever chooses a password meanwhile finds a place in the queue."""
    turns = asyncio.Semaphore(HASHED_AT_ONCE)

    async def hashed(slip: Slip) -> str:
        async with turns:
            return await hasher.hash(printed_password(slip.password))

    return await asyncio.gather(*(hashed(slip) for slip in slips))


def _slip(found: Found, names: dict[Holder, str], *, again: bool) -> Slip | None:
    holder = found.holder
    if holder.name is not None and not (again and found.is_first_password):
        return None
    login = holder.name or names[holder]
    return Slip(holder.kind, found.person, found.pupil, found.language, login, new_password())


async def _new_names(connection: Connection, holders: Sequence[Holder]) -> dict[Holder, str]:
    """A name that nobody has or had for each that has none."""
    taken = set[str]()
    for _ in range(DRAWS):
        names = dict(named(holders, taken))
        if not (more := await store.taken(connection, list(names.values()))):
            return names
        taken |= more
    raise RuntimeError("no free numbers were drawn: are there more logins than a tenth of all numbers?")
