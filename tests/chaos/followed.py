"""Many who change what they have at once, and whether notifications and the topics have followed them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import httpx
from asyncpg import Connection

from devstack.postgres_databases import superuser
from shared.contracts.accounts import AccountEvent
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import EventData, decode, read_headers
from shared.contracts.topics import ACCOUNTS_ACCOUNT
from shared.runtime.postgres import connect_pool_once
from tests.chaos.changing import KINDS, Changed, Changing
from tests.chaos.crash_points import CONSUMER
from tests.chaos.extent import EXTENT
from tests.chaos.topics import records_of
from tests.chaos.trial import Trials

PEOPLE = 20 if EXTENT.full else 4
CONTACT = "SELECT account_id, version, address FROM contacts WHERE account_id = $1 AND state = 'active'"
NOTICED = "SELECT kind FROM notices WHERE account_id = $1 ORDER BY kind"
QUEUED = "SELECT count(*) FROM mail_queue WHERE account_id = ANY ($1::uuid[])"


async def change_at_once(trials: Trials) -> Sequence[Changed]:
    """So many people change what they have, all at once."""
    private_keys = Path(trials.system.processes[CONSUMER].process.env["DZWONEK_SEALING_PRIVATE_KEYS_FILE"])
    async with (
        httpx.AsyncClient(base_url=trials.system.public_url, trust_env=False, timeout=60) as client,
        connect_pool_once(trials.system.postgres.url("accounts")) as accounts,
    ):
        people = [Changing(client, accounts, private_keys) for _ in range(PEOPLE)]
        return await asyncio.gather(*(person.change() for person in people))


async def assert_all_followed(trials: Trials, changed: Sequence[Changed]) -> None:
    """Asserts that the last state has won, that each thing done was told once, and that every event came in its order.

    An event that is in the topic again counts where it came first.
    """
    async with superuser(trials.system.postgres.url("notifications")) as connection:
        for each in changed:
            assert await _contact(connection, each.account_id) == each
            assert [row["kind"] for row in await connection.fetch(NOTICED, each.account_id)] == sorted(KINDS)
        assert await connection.fetchval(QUEUED, [each.account_id for each in changed]) == 0
    versions = await _versions_in_topic(trials, changed)
    assert versions == {each.account_id: list(range(1, each.version + 1)) for each in changed}


async def _contact(notifications: Connection, account_id: UUID) -> Changed | None:
    """The account as notifications knows it; None unless it is active there."""
    row = await notifications.fetchrow(CONTACT, account_id)
    return row and Changed(**row)


async def _versions_in_topic(trials: Trials, changed: Sequence[Changed]) -> Mapping[UUID, Sequence[int]]:
    """The versions of each account, as its events follow each other."""
    keys = {str(each.account_id).encode() for each in changed}
    events: dict[UUID, EventData] = {}
    for record in await records_of(trials.system.kafka.bootstrap, ACCOUNTS_ACCOUNT.name):
        if record.key in keys:
            event = decode(CATALOGUE, read_headers(record.headers), record.value)
            events.setdefault(event.id, event.data)
    versions = defaultdict(list)
    for data in events.values():
        assert isinstance(data, AccountEvent)
        versions[data.account_id].append(data.version)
    return versions
