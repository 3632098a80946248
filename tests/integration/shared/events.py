"""Events and tables to test the runtime with: a tally of what was handled."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.accounts import AccountActivated, RegistrationExpired
from shared.contracts.envelope import Event
from shared.runtime.consumer import Handled, Handlers, PermanentError
from shared.runtime.events import new_event, new_id
from shared.runtime.outbox import outbox_columns
from shared.runtime.postgres import Connection

AT = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
POISONED = UUID(int=13)
"""An account whose every event the handler refuses."""

TALLY = """
CREATE TABLE tally (number bigserial, account_id uuid, version bigint, type text);
CREATE TABLE known (account_id uuid PRIMARY KEY);
"""
INSERT = """
INSERT INTO outbox (lane, slot, topic, key, headers, value)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[])
"""


def activated(account_id: UUID | None = None, version: int = 1) -> Event[AccountActivated]:
    """An event of an account."""
    data = AccountActivated(
        account_id=account_id or new_id(), version=version, language="pl", activated_at=AT, terms_version="2026-09-01"
    )
    return new_event("accounts", data, now=AT)


def expired(account_id: UUID, version: int = 2) -> Event[RegistrationExpired]:
    """Another type of event of an account."""
    return new_event("accounts", RegistrationExpired(account_id=account_id, version=version, expired_at=AT), now=AT)


async def enqueue(connection: Connection, events: Sequence[Event[AccountActivated]]) -> None:
    """Puts the events into the outbox in one statement."""
    await connection.execute(INSERT, *outbox_columns(events))


async def tally(connection: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
    """Writes what came into the tally; refuses the poisoned account."""
    for event in events:
        if event.data.account_id == POISONED:
            raise PermanentError("poisoned", "the account is poisoned")
    await connection.executemany(
        "INSERT INTO tally (account_id, version, type) VALUES ($1, $2, $3)",
        [(event.data.account_id, event.data.version, event.type) for event in events],
    )
    return Handled()


async def introduce(connection: Connection, events: Sequence[Event[AccountActivated]]) -> Handled:
    """Makes the accounts known."""
    ids = [event.data.account_id for event in events]
    await connection.execute("INSERT INTO known SELECT unnest($1::uuid[])", ids)
    await tally(connection, events)
    return Handled(introduced=ids)


async def only_known(connection: Connection, events: Sequence[Event[RegistrationExpired]]) -> Handled:
    """Tallies events of known accounts and parks the others."""
    rows = await connection.fetch("SELECT account_id FROM known")
    known = {row["account_id"] for row in rows}
    await connection.executemany(
        "INSERT INTO tally (account_id, version, type) VALUES ($1, $2, $3)",
        [(e.data.account_id, e.data.version, e.type) for e in events if e.data.account_id in known],
    )
    return Handled(parked=[(event, event.data.account_id) for event in events if event.data.account_id not in known])


def tallying() -> Handlers:
    """Handlers that tally activations; expiries need a known account."""
    handlers = Handlers()
    handlers.on(AccountActivated, tally)
    handlers.on(RegistrationExpired, only_known)
    return handlers
