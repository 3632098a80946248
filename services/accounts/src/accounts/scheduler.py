"""What the worker does by the clock: ends registrations that ran out and forgets what is kept no longer."""

from datetime import timedelta

import structlog

from accounts import store
from accounts.clock import Clock
from accounts.domain.registration import LIMIT_WINDOW
from accounts.handlers.expiry import CHUNK, expire_due_registrations
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job

log = structlog.get_logger()

TOKENS_KEPT = timedelta(days=30)
"""How long a link that ran out can still say so."""

FORGET_SECONDS = 600


def jobs(clock: Clock, *, expiry_seconds: float) -> list[Job]:
    """The jobs of the service, which go by `clock`. Each is safe beside itself in another worker."""

    async def expire(connection: Connection) -> None:
        if count := await expire_due_registrations(connection, clock()):
            log.info("registrations_expired", count=count)

    async def forget(connection: Connection) -> None:
        while await store.forget_tokens(connection, clock() - TOKENS_KEPT, CHUNK):
            pass
        await store.forget_mail_requests(connection, clock() - LIMIT_WINDOW)

    return [Job("registration_expiry", expiry_seconds, expire), Job("token_age", FORGET_SECONDS, forget)]
