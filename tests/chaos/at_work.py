"""Whether a part of a system has work in its hands, as far as those beside it can tell."""

from devstack.postgres_databases import superuser
from devstack.system import System
from tests.chaos.crash_points import CONSUMER, RELAY, SENDER
from tests.chaos.load import Load

UNSENT = "SELECT EXISTS (SELECT FROM outbox)"
HELD = "SELECT EXISTS (SELECT FROM mail_queue WHERE attempt_token IS NOT NULL)"
PUBLISHED = """
SELECT array_agg(headers ->> 'ce_id') FROM outbox_archive WHERE published_at > now() - interval '1 minute'
"""
UNHEARD = """
SELECT EXISTS (SELECT FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT FROM inbox WHERE event_id = id))
"""


async def has_work(name: str, system: System, load: Load) -> bool:
    """Whether it was asked for something that it has not done: killed now, it would leave that half done."""
    if name == RELAY:
        return await _is(system, "accounts", UNSENT)
    if name == CONSUMER:
        return await _is_anything_unheard(system)
    if name == SENDER:
        return await _is(system, "notifications", HELD)
    if name == "kafka":
        return await _is(system, "accounts", UNSENT) or await _is_anything_unheard(system)
    return load.waiting > 0


async def _is_anything_unheard(system: System) -> bool:
    """Whether events of accounts that are in Kafka have not had their effect."""
    async with superuser(system.postgres.url("accounts")) as accounts:
        published = await accounts.fetchval(PUBLISHED)
    return await _is(system, "notifications", UNHEARD, published or [])


async def _is(system: System, service: str, question: str, *arguments: object) -> bool:
    async with superuser(system.postgres.url(service)) as connection:
        return bool(await connection.fetchval(question, *arguments))
