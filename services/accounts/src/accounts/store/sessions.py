"""Sessions, the devices that they were begun on, and the history of signing in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from accounts.domain.school_logins import Kind
from accounts.domain.sessions import OWN_DEVICE_IDLE, SHARED_COMPUTER_IDLE, Device, Session
from shared.contracts.envelope import Event, EventData
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection, Pool
from shared.runtime.sql import load_queries

SQL = load_queries("accounts.store", "sessions.sql")


@dataclass(frozen=True)
class SignIn:
    """When an account was signed in to, and with what."""

    signed_in_at: datetime
    device: Device


@dataclass(frozen=True)
class NewSession:
    """A session that begins, and what else is written with it.

    The failures of `forgiven` count no longer. `version_steps` is how many of the `events` raise the account's version.
    """

    session: Session
    token_hash: bytes
    device_hash: bytes
    forgiven: Sequence[bytes]
    version_steps: int = 0
    better_hash: str | None = field(default=None, repr=False)
    events: Sequence[Event[EventData]] = ()


async def known_among(connection: Connection, account_id: UUID, device_hashes: Sequence[bytes]) -> bytes | None:
    """By which of these hashes the account knows a device."""
    device: bytes | None = await connection.fetchval(SQL["known_among"], account_id, device_hashes)
    return device


async def device_known(connection: Connection, account_id: UUID, device_hash: bytes) -> tuple[bool, bool]:
    """Whether the account was used on the device before, and whether it was ever signed in to."""
    row = await connection.fetchrow(SQL["device_known"], account_id, device_hash)
    assert row is not None  # noqa: S101 - the statement always gives one row
    return row["known"], row["signed_in_before"]


async def begin(connection: Connection, new: NewSession) -> None:
    """Writes a session that begins."""
    session = new.session
    await connection.execute(
        SQL["begin_session"],
        session.session_id,
        session.account_id,
        new.token_hash,
        session.form_token,
        session.device.shared,
        session.device.browser,
        session.device.system,
        session.signed_in_at,
        session.expires_at,
        new.device_hash,
        new.forgiven,
        new.version_steps,
        new.better_hash,
        *outbox_columns(new.events),
    )


async def use(connection: Connection, token_hash: bytes, now: datetime) -> Session | None:
    """The session of a reference token, used now; None when there is none or it has run out."""
    row = await connection.fetchrow(SQL["use_session"], token_hash, now, OWN_DEVICE_IDLE, SHARED_COMPUTER_IDLE)
    return _session(row) if row else None


async def of_token(connection: Connection, token_hash: bytes) -> tuple[UUID, UUID] | None:
    """The session and the account of a reference token, also of one that has run out."""
    row = await connection.fetchrow(SQL["session_of_token"], token_hash)
    return (row["session_id"], row["account_id"]) if row else None


async def is_live(pool: Pool, session_id: UUID, now: datetime) -> bool:
    """Whether the session can still be used."""
    return bool(await pool.fetchval(SQL["is_live"], session_id, now))


async def of_account(connection: Connection, account_id: UUID, now: datetime) -> list[Session]:
    """The account's sessions, the last used first."""
    return [_session(row) for row in await connection.fetch(SQL["sessions_of_account"], account_id, now)]


async def how_many(connection: Connection) -> int:
    """All there are, also those that ran out and are not forgotten yet."""
    return int(await connection.fetchval(SQL["sessions_there_are"]))


async def some(connection: Connection, limit: int) -> list[tuple[UUID, UUID]]:
    """Sessions of whomever, at most `limit`, and whose they are."""
    return [(row["session_id"], row["account_id"]) for row in await connection.fetch(SQL["some_sessions"], limit)]


async def end(connection: Connection, account_id: UUID | None, ended: Sequence[tuple[UUID, Event[EventData]]]) -> int:
    """Ends sessions of an account, or of whomever, and tells so by the event of each.

    Returns how many there still were.
    """
    ids = [session_id for session_id, _ in ended]
    columns = outbox_columns([event for _, event in ended])
    return int(await connection.fetchval(SQL["end_sessions"], account_id, ids, *columns))


async def sign_ins(connection: Connection, account_id: UUID) -> list[SignIn]:
    """When the account was signed in to, newest first."""
    rows = await connection.fetch(SQL["sign_ins_of_account"], account_id)
    return [SignIn(row["signed_in_at"], _device(row)) for row in rows]


async def devices(connection: Connection, account_id: UUID) -> list[datetime]:
    """When each browser that the account knows was last used to sign in, newest first."""
    return [row["last_used_at"] for row in await connection.fetch(SQL["devices_of_account"], account_id)]


async def forget_sessions(connection: Connection, ended_before: datetime, limit: int) -> int:
    """Deletes sessions that ran out, at most `limit`. Returns how many."""
    status = await connection.execute(SQL["forget_sessions"], ended_before, limit)
    return int(status.rpartition(" ")[2])


async def forget_history(connection: Connection, before: datetime) -> None:
    """Deletes sign-ins, and devices that were not used since."""
    await connection.execute(SQL["forget_sign_ins"], before)
    await connection.execute(SQL["forget_devices"], before)


def _session(row: asyncpg.Record) -> Session:
    return Session(
        session_id=row["session_id"],
        account_id=row["account_id"],
        form_token=row["form_token"],
        device=_device(row),
        signed_in_at=row["signed_in_at"],
        last_used_at=row["last_used_at"],
        person_id=row["person_id"],
        login_kind=row["login_kind"] and Kind(row["login_kind"]),
        scope_id=row["scope_id"],
    )


def _device(row: asyncpg.Record) -> Device:
    return Device(shared=row["shared_computer"], browser=row["browser"], system=row["system"])
