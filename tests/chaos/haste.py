"""Mails that are to be tried again in some minutes are tried at once, so that a trial sees the end of all tries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection

from devstack.postgres_databases import superuser
from devstack.system import System

EVERY_SECONDS = 0.3
DUE = """
UPDATE mail_queue SET due_at = now()
WHERE mail_id IN (
    SELECT mail_id FROM mail_queue
    WHERE attempt_token IS NULL AND kind <> 'activation_reminder' AND due_at > now()
    ORDER BY mail_id FOR UPDATE SKIP LOCKED
)
"""
"""In the queue as in the rule: how often a mail is tried, and what follows, stays what it is."""

TURN = "UPDATE queue_turns SET next_due_at = now() WHERE lane = 'security' AND next_due_at > now()"
UNPAUSED = "UPDATE domain_states SET paused_until = now() WHERE paused_until > now()"
LEFT = "SELECT count(*) FROM mail_queue WHERE domain = ANY ($1::text[]) AND kind <> 'activation_reminder'"


@asynccontextmanager
async def haste(system: System) -> AsyncIterator[Connection]:
    """No mail waits for its next try and no domain for the end of its pause while this lasts.

    Yields a connection to the database of notifications.
    """
    url = system.postgres.url("notifications")
    async with superuser(url) as connection, superuser(url) as hurrying:
        running = asyncio.ensure_future(_hurry(hurrying))
        try:
            yield connection
        finally:
            running.cancel()
            await asyncio.wait({running})
        if not running.cancelled():
            running.result()


async def _hurry(connection: Connection) -> None:
    while True:
        for statement in (DUE, TURN, UNPAUSED):
            await connection.execute(statement)
        await asyncio.sleep(EVERY_SECONDS)
