"""A worker is killed while it ends what has run out, and two do so at once."""

from collections import Counter
from uuid import UUID

import pytest
from asyncpg import Connection

from devstack.postgres_databases import superuser
from shared.contracts.accounts import RegistrationExpired
from shared.contracts.topics import ACCOUNTS_ACCOUNT
from shared.runtime.events import new_id
from tests.chaos.extent import EXTENT, TIMEOUT
from tests.chaos.load import ASIDE
from tests.chaos.topics import header, records_of
from tests.chaos.trial import Trials
from tests.waiting import until

WORKER = "accounts-worker"
PEOPLE = 20_000 if EXTENT.full else 4_000
RAN_OUT = """
INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, registered_at, expires_at)
SELECT id, address, address, '-', 'adult', 'pl', now() - interval '15 days', now() - interval '1 day'
FROM unnest($1::uuid[]) AS id, concat(id, '@', $2::text) AS address
"""
LEFT = "SELECT count(*) FROM accounts WHERE account_id = ANY ($1::uuid[])"

pytestmark = pytest.mark.timeout(TIMEOUT)


async def test_each_registration_ends_once_though_a_scheduler_is_killed_half_way(trials: Trials) -> None:
    people = [new_id() for _ in range(PEOPLE)]

    async def killed_half_way() -> None:
        async with superuser(trials.system.postgres.url("accounts")) as connection:
            await connection.execute(RAN_OUT, people, ASIDE)
            await until(lambda: some_are_gone(connection, people), seconds=60)
            await trials.faults.kill(WORKER)
            left = await connection.fetchval(LEFT, people)
            assert 0 < left < PEOPLE
            async with trials.faults.second(WORKER):
                await trials.faults.start(WORKER)
                await until(lambda: all_are_gone(connection, people), seconds=60)

    await trials.run(
        15, f"a scheduler killed while it ends {PEOPLE:,} registrations, then two at once", killed_half_way
    )
    records = await records_of(trials.system.kafka.bootstrap, ACCOUNTS_ACCOUNT.name)
    ended = {
        header(record, "ce_id"): UUID(header(record, "ce_subject"))
        for record in records
        if header(record, "ce_type") == RegistrationExpired.TYPE
    }
    assert Counter(ended.values()) == Counter(people)


async def some_are_gone(connection: Connection, people: list[UUID]) -> bool:
    return bool(await connection.fetchval(LEFT, people) < PEOPLE)


async def all_are_gone(connection: Connection, people: list[UUID]) -> bool:
    return not await connection.fetchval(LEFT, people)
