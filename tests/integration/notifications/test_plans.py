"""What the worker's statements touch: as little beside a year of notices as beside a day of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from tests.plans import Plan, buffers, explain, reads_all_of

from notifications.domain.effects import Cause, Notice
from notifications.domain.kinds import NEW_SIGN_IN, NOTICE_LIFETIME
from notifications.store import queue_mails
from shared.runtime.events import new_id
from shared.runtime.postgres import Connection, Pool

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
NOTICED = "INSERT INTO notice_keys SELECT 'kept:' || gen_random_uuid(), now() FROM generate_series(1, $1::integer)"
KNOWN = """
INSERT INTO contacts (account_id, version, state, language, address, domain, updated_at)
SELECT account_id, 1, 'active', 'pl', account_id || '@szkola.example', 'szkola.example', now()
FROM unnest($1::uuid[]) AS account_id
"""


class Explaining:
    """A connection that tells how a statement is carried out and keeps nothing of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.plans: list[Plan] = []

    async def fetch(self, statement: str, *arguments: object) -> Sequence[Any]:
        """What asyncpg's connection would take."""
        self.plans.append(await explain(self._connection, statement, *arguments))
        return ()


def signed_in(account_id: UUID) -> Notice:
    cause = Cause(new_id(), "accounts.SignedInFromNewDevice.v1", NOW, account_id, 2)
    return Notice(NEW_SIGN_IN, cause, NOW, NOW + NOTICE_LIFETIME)


async def test_what_is_noticed_already_is_found_at_the_same_cost_however_much_is_kept(pool: Pool) -> None:
    accounts = [new_id() for _ in range(100)]
    notices = [(signed_in(account), None) for account in accounts]

    async def buffers_of_a_batch(connection: Connection, kept: int) -> int:
        await connection.execute(NOTICED, kept)
        await connection.execute("VACUUM ANALYZE notice_keys")
        explaining = Explaining(connection)
        await queue_mails(cast("Connection", explaining), notices, NOW)
        (plan,) = explaining.plans
        assert not reads_all_of(plan, "contacts")
        return buffers(plan)

    async with pool.acquire() as connection:
        await connection.execute(KNOWN, [*accounts, *(new_id() for _ in range(30_000))])
        await connection.execute("VACUUM ANALYZE contacts")
        async with connection.transaction():
            await queue_mails(connection, notices, NOW)
        few = await buffers_of_a_batch(connection, 10_000)
        assert await buffers_of_a_batch(connection, 90_000) < few * 1.3
