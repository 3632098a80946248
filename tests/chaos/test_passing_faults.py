"""A handler fails for a while through nobody's fault, and the accounts go on changing."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from asyncpg import Connection

from devstack.postgres_databases import superuser
from shared.contracts.accounts import AccountEvent
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import decode, read_headers
from shared.contracts.topics import ACCOUNTS_ACCOUNT
from shared.runtime.postgres import connect_pool_once
from tests.chaos.changing import KINDS, Changed, Changing
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.topics import records_of
from tests.chaos.trial import Trials

WORKER = "notifications-worker"
FAULT_SECONDS = EXTENT.away_seconds if EXTENT.full else EXTENT.away_seconds / 2
PEOPLE = 20 if EXTENT.full else 4
REVOKED = "REVOKE INSERT, UPDATE ON contacts FROM notifications"
GRANTED = "GRANT INSERT, UPDATE ON contacts TO notifications"
RETRIED = "batch_retried"
"""What a worker logs of a batch that has to be tried again."""

CONTACT = "SELECT account_id, version, address FROM contacts WHERE account_id = $1 AND state = 'active'"
NOTICED = "SELECT kind FROM notices WHERE account_id = $1 ORDER BY kind"
QUEUED = "SELECT count(*) FROM mail_queue WHERE account_id = ANY ($1::uuid[])"

Fault = Callable[[Connection], AbstractAsyncContextManager[None]]

pytestmark = pytest.mark.timeout(TIMEOUT)


@asynccontextmanager
async def right_revoked(notifications: Connection) -> AsyncIterator[None]:
    """The service may not write its contacts."""
    await notifications.execute(REVOKED)
    try:
        yield
    finally:
        await notifications.execute(GRANTED)


@asynccontextmanager
async def table_locked(notifications: Connection) -> AsyncIterator[None]:
    """Somebody holds the contacts, as a careless operator does."""
    async with notifications.transaction():
        await notifications.execute("LOCK TABLE contacts IN SHARE MODE")
        yield


@pytest.mark.parametrize(
    ("number", "what", "fault"),
    [(8, "the right to write contacts taken away", right_revoked), (9, "contacts locked", table_locked)],
    ids=["right taken away", "table locked"],
)
async def test_what_failed_for_a_while_comes_in_its_order_and_the_last_state_wins(
    number: int, what: str, fault: Fault, trials: Trials
) -> None:
    changed: list[Changed] = []

    async def failing() -> None:
        retried = retries(trials)
        async with superuser(trials.system.postgres.url("notifications")) as connection:
            async with fault(connection):
                changed.extend((await asyncio.gather(change_at_once(trials), asyncio.sleep(FAULT_SECONDS)))[0])
            changed.extend(await change_at_once(trials))
        assert number != 8 or retries(trials) > retried

    verdict = await trials.run(
        number, f"{what} for {FAULT_SECONDS:g} s while {2 * PEOPLE} accounts change again and again", failing
    )
    assert verdict.repeats == 0
    async with superuser(trials.system.postgres.url("notifications")) as connection:
        for each in changed:
            assert await contact_of(connection, each.account_id) == each
            assert [row["kind"] for row in await connection.fetch(NOTICED, each.account_id)] == sorted(KINDS)
        assert await connection.fetchval(QUEUED, [each.account_id for each in changed]) == 0
    versions = await versions_in_topic(trials, changed)
    assert versions == {each.account_id: list(range(1, each.version + 1)) for each in changed}


async def change_at_once(trials: Trials) -> Sequence[Changed]:
    """So many people change what they have, all at once."""
    private_keys = Path(trials.system.processes[WORKER].process.env["DZWONEK_SEALING_PRIVATE_KEYS_FILE"])
    async with (
        httpx.AsyncClient(base_url=trials.system.public_url, trust_env=False, timeout=60) as client,
        connect_pool_once(trials.system.postgres.url("accounts")) as accounts,
    ):
        people = [Changing(client, accounts, private_keys) for _ in range(PEOPLE)]
        return await asyncio.gather(*(person.change() for person in people))


async def contact_of(notifications: Connection, account_id: UUID) -> Changed | None:
    """The account as notifications knows it; None unless it is active there."""
    row = await notifications.fetchrow(CONTACT, account_id)
    return row and Changed(**row)


async def versions_in_topic(trials: Trials, changed: Sequence[Changed]) -> Mapping[UUID, Sequence[int]]:
    """The versions of each account, as its events follow each other."""
    keys = {str(each.account_id).encode() for each in changed}
    versions = defaultdict(list)
    for record in await records_of(trials.system.kafka.bootstrap, ACCOUNTS_ACCOUNT.name):
        if record.key in keys:
            event = decode(CATALOGUE, read_headers(record.headers), record.value)
            assert isinstance(event.data, AccountEvent)
            versions[event.data.account_id].append(event.data.version)
    return versions


def retries(trials: Trials) -> int:
    """How often the worker has tried a batch again."""
    return trials.system.processes[WORKER].process.log.read_text(encoding="utf-8").count(RETRIED)
