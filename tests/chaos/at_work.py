"""What a part of a system has in its hands: things that it was given and has not finished, each by its own name."""

from collections.abc import Hashable, Set

from devstack.postgres_databases import superuser
from devstack.system import System
from tests.chaos.crash_points import CONSUMER, RELAY, SENDER
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load

UNSENT = "SELECT id FROM outbox"
HELD = "SELECT attempt_token FROM mail_queue WHERE attempt_token IS NOT NULL"
PUBLISHED = "SELECT (headers ->> 'ce_id')::uuid FROM outbox_archive WHERE published_at > now() - interval '1 minute'"
HEARD = "SELECT event_id FROM inbox WHERE handled_at > now() - interval '2 minutes'"
BUSY = "SELECT pid FROM pg_stat_activity WHERE usename IN ('accounts', 'notifications') AND state <> 'idle'"

Work = Set[Hashable]


async def work_of(name: str, system: System, load: Load, ledger: Ledger) -> Work:
    """The work in the hands of that part, as those beside it know it."""
    if name == RELAY:
        return await _asked(system, "accounts", UNSENT)
    if name == CONSUMER:
        return await _unheard(system)
    if name == SENDER:
        return await _asked(system, "notifications", HELD) - ledger.held_by_killed_senders
    if name == "kafka":
        return await _asked(system, "accounts", UNSENT) | await _unheard(system)
    if name == "postgres":
        return await _asked(system, "accounts", BUSY)
    return frozenset(load.waiting)


async def _unheard(system: System) -> Work:
    """Events of accounts that are in Kafka and have not had their effect."""
    published = await _asked(system, "accounts", PUBLISHED)
    return published - await _asked(system, "notifications", HEARD)


async def _asked(system: System, service: str, question: str) -> Work:
    async with superuser(system.postgres.url(service)) as connection:
        return frozenset(row[0] for row in await connection.fetch(question))
