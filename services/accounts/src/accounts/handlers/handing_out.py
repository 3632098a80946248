"""Logins are handed out: made for those who have none, and printed. Their passwords are kept nowhere in clear."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.clock import Clock
from accounts.domain.school_logins import OPERATOR, Actor, Holder, Kind, named, new_password, printed_password
from accounts.events.links import By
from accounts.handlers.linking import end_link
from accounts.handlers.parts import ATTEMPTS, Contended
from accounts.handlers.revoking import revoke_all
from accounts.passwords import PasswordHasher
from accounts.store import printed_slips
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

Connecting = Callable[[], AbstractAsyncContextManager[Connection]]
"""Gives a connection for a while: one of a pool, or the only one there is."""


@dataclass(frozen=True)
class Fresh:
    """A password that is nobody's yet, and its hash."""

    password: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True)
class Round:
    """Whom logins are handed out to: everybody of a class, or without one the staff of a school, who has none.

    `again`: also another password to those who have not used theirs, which was printed until `again`; whoever has
    chosen a password keeps it.
    """

    school: School
    class_id: UUID | None
    again: datetime | None = None

    async def find(self, connection: Connection, now: datetime) -> list[Found]:
        """All of them, also those who have one."""
        today = now.astimezone(WARSAW).date()
        if self.class_id is None:
            return await store.on_staff(connection, self.school.school_id, today)
        return await store.in_class(connection, self.class_id, today)

    def takes(self, found: Found) -> bool:
        """Whether there is to be a slip."""
        if found.holder.name is None:
            return True
        return bool(self.again and found.is_first_password and found.issued_at and found.issued_at <= self.again)


class PrintedSince(Exception):  # noqa: N818 - reads as what happened
    """The login was printed anew since whoever asks has looked at it."""


class SomebodyJoined(Exception):  # noqa: N818 - reads as what happened
    """There are fewer fresh passwords than people by now: it begins anew."""


async def fresh_passwords(hasher: PasswordHasher, count: int) -> list[Fresh]:
    """So many. A few are hashed at a time, so that others find a place in the queue. Raises HashingBusy."""
    turns = asyncio.Semaphore(HASHED_AT_ONCE)

    async def fresh() -> Fresh:
        password = new_password()
        async with turns:
            return Fresh(password, await hasher.hash(printed_password(password)))

    return await asyncio.gather(*(fresh() for _ in range(count)))


async def hand_out(
    connecting: Connecting,
    hasher: PasswordHasher,
    round_: Round,
    *,
    clock: Clock,
    printing: Print | None = None,
    actor: Actor = OPERATOR,
) -> HandedOut:
    """Hands out logins. Needs no connection while passwords are hashed, which takes seconds for a class.

    What `printing` raises leaves everything as it was. Raises HashingBusy, Contended.
    """
    for _ in range(ATTEMPTS):
        async with connecting() as connection:
            needed = sum(map(round_.takes, await round_.find(connection, clock())))
        fresh = await fresh_passwords(hasher, needed)
        with suppress(SomebodyJoined):
            async with connecting() as connection:
                return await _give(connection, fresh, round_, now=clock(), printing=printing, actor=actor)
    raise Contended


async def _give(
    connection: Connection,
    fresh: Sequence[Fresh],
    round_: Round,
    *,
    now: datetime,
    printing: Print | None,
    actor: Actor,
) -> HandedOut:
    """Gives people passwords that were hashed before: nobody waits for a lock meanwhile. Raises SomebodyJoined."""
    async with connection.transaction():
        await store.lock_school(connection, round_.school.school_id)
        found = await round_.find(connection, now)
        names = await _new_names(connection, [each.holder for each in found])
        taking = [each for each in found if round_.takes(each)]
        if len(taking) > len(fresh):
            raise SomebodyJoined
        given = {each.holder: new for each, new in zip(taking, fresh, strict=False)}
        added = [NewLogin(new_id(), holder, name, given[holder].hash) for holder, name in names.items()]
        await store.add(connection, round_.school, added, now)
        old = [(each.login_id, given[each.holder].hash) for each in taking if each.login_id]
        printed = await store.print_again(connection, old, now, also_chosen=False)
        slips = [
            Slip(
                each.holder.kind,
                each.person,
                each.pupil,
                each.language,
                each.holder.name or names[each.holder],
                given[each.holder].password,
            )
            for each in taking
            if each.login_id is None or each.login_id in printed
        ]
        await printed_slips.note(connection, [*(login.login_id for login in added), *printed], actor, now)
        if printing:
            printing(slips)
    return HandedOut(slips, new=len(added), kept=len(found) - len(slips))


async def hand_out_again(
    connection: Connection,
    fresh: Fresh,
    login: SchoolLogin,
    *,
    now: datetime,
    printing: Print | None = None,
    actor: Actor = OPERATOR,
    seen: datetime | None = None,
) -> Slip:
    """Another printed password for one login, whatever its owner has chosen. Its sessions end, and so does its link.

    What `printing` raises leaves everything as it was. Raises Contended where it is being linked in this moment, and
    PrintedSince where it was printed after somebody has `seen` it: the same form was sent twice.
    """
    person = f"{login.given_name} {login.family_name}"
    slip = Slip(login.kind, person, login.pupil, login.language, login.name, fresh.password)
    async with connection.transaction():
        by: By = "guardian" if actor.capacity == "guardian" else "school"
        await end_link(connection, login.login_id, now, by=by)  # whoever signs in now does so before or after
        locked = await store.locked(connection, login.login_id)
        if seen and locked and locked.issued_at > seen:
            raise PrintedSince
        await store.print_again(connection, [(login.login_id, fresh.hash)], now, also_chosen=True)
        await revoke_all(connection, login.login_id, "password_changed", now)
        await printed_slips.note(connection, [login.login_id], actor, now)
        if printing:
            printing([slip])
    return slip


async def _new_names(connection: Connection, holders: Sequence[Holder]) -> dict[Holder, str]:
    """A name that nobody has or had for each that has none."""
    taken = set[str]()
    for _ in range(DRAWS):
        names = dict(named(holders, taken))
        if not (more := await store.taken(connection, list(names.values()))):
            return names
        taken |= more
    raise RuntimeError("no free numbers were drawn: are there more logins than a tenth of all numbers?")
