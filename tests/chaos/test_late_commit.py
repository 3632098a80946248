"""Ids are committed out of order: a transaction has written its events and stays open while others come and go."""

import asyncio
from collections.abc import Set
from functools import partial
from pathlib import Path

import pytest
from asyncpg import Connection

from bench.events import insert, registrations
from bench.mails import address
from devstack.postgres_databases import superuser
from shared.runtime.outbox import outbox_columns
from shared.runtime.sealing import Sealer
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.trial import SOME, Trials
from tests.waiting import until

HELD_SECONDS = 30 if EXTENT.full else 3
PEOPLE = 20
REGISTER = """
INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, registered_at, expires_at)
VALUES ($1, $2, $2, '-', 'adult', $3, $4, $5)
"""

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_events_that_are_committed_late_are_not_passed_over(trials: Trials) -> None:
    seals = trials.system.processes["accounts-api"].process.env["DZWONEK_SEALING_PUBLIC_KEY_FILE"]

    async def mailed_more(enough: int) -> bool:
        return await trials.ledger.mailed() >= enough

    async def committed_late() -> None:
        async with superuser(trials.system.postgres.url("accounts")) as connection, connection.transaction():
            late = await registered(connection, Sealer(Path(seals)))
            mailed = await trials.ledger.mailed() + await trials.ledger.in_flight()
            await asyncio.sleep(HELD_SECONDS)
            await until(partial(mailed_more, mailed + SOME), seconds=60)
        trials.load.asked |= late
        trials.load.accepted |= late

    verdict = await trials.run(10, f"{PEOPLE} registrations committed {HELD_SECONDS} s after the next", committed_late)
    assert (verdict.repeats, verdict.repeated_records) == (0, 0)


async def registered(transaction: Connection, sealer: Sealer) -> Set[str]:
    """Writes what so many registrations write. Returns the addresses."""
    events = list(registrations(PEOPLE, sealer))
    addresses = [address(number) for number in range(PEOPLE)]
    for event, email in zip(events, addresses, strict=True):
        data = event.data
        await transaction.execute(REGISTER, data.account_id, email, data.language, data.registered_at, data.expires_at)
    await insert(transaction, outbox_columns(events))
    return set(addresses)
