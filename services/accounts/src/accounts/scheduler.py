"""What the worker does by the clock: ends registrations, deletes accounts, forgets what is kept no longer."""

from datetime import timedelta

import structlog

from accounts.clock import Clock
from accounts.domain.attempts import FORGOTTEN_AFTER
from accounts.domain.credentials import SETUP_LIFETIME
from accounts.domain.registration import LIMIT_WINDOW
from accounts.handlers.erasure import delete_due_accounts
from accounts.handlers.expiry import CHUNK, expire_due_registrations
from accounts.store import attempts, login_guesses, registrations, second_factor, sessions
from shared.runtime.i18n import WARSAW
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import Job

log = structlog.get_logger()

TOKENS_KEPT = timedelta(days=30)
"""How long a link that ran out can still say so."""

SIGN_INS_KEPT = timedelta(days=365)
"""How long the history of signing in and the devices are kept."""

GUESSES_KEPT = timedelta(days=30)
"""How long a school's office sees the failed guesses at its logins, after their day."""

FORGET_SECONDS = 600


def jobs(clock: Clock, *, expiry_seconds: float) -> list[Job]:
    """The jobs of the service, which go by `clock`. Each is safe beside itself in another worker."""

    async def expire(connection: Connection) -> None:
        if count := await expire_due_registrations(connection, clock()):
            log.info("registrations_expired", count=count)

    async def delete(connection: Connection) -> None:
        if count := await delete_due_accounts(connection, clock()):
            log.info("accounts_deleted", count=count)

    async def forget(connection: Connection) -> None:
        while await registrations.forget_tokens(connection, clock() - TOKENS_KEPT, CHUNK):
            pass
        await registrations.forget_mail_requests(connection, clock() - LIMIT_WINDOW)

    async def forget_sessions(connection: Connection) -> None:
        now = clock()
        while await sessions.forget_sessions(connection, now, CHUNK):
            pass
        await sessions.forget_history(connection, now - SIGN_INS_KEPT)
        await attempts.forget_attempts(connection, now - FORGOTTEN_AFTER)
        await second_factor.forget_setups(connection, now - SETUP_LIFETIME)

    async def forget_guesses(connection: Connection) -> None:
        await login_guesses.forget(connection, (clock() - GUESSES_KEPT).astimezone(WARSAW).date())

    return [
        Job("registration_expiry", expiry_seconds, expire),
        Job("account_deletion", expiry_seconds, delete),
        Job("token_age", FORGET_SECONDS, forget),
        Job("session_age", FORGET_SECONDS, forget_sessions),
        Job("guess_age", FORGET_SECONDS, forget_guesses),
    ]
