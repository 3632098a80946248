"""`Idempotency-Key`: the same request sent twice gets the same answer and has one effect.

The key, a fingerprint of the request and the answer are written in the transaction of the effect itself, so that
either all are there or none. A second request with the key waits for the first one's transaction and then gets its
answer. The fingerprint is an HMAC under a secret: bodies hold passwords, and a bare hash could be guessed.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.runtime.postgres import Connection, Pool
from shared.runtime.problems import FieldError, ProblemError, invalid

MAX_KEY = 255
HEADER = "Idempotency-Key"
POOL_SECONDS = 5.0
"""How long a request may wait for a connection; then the answer is 503."""


@dataclass(frozen=True)
class Answer:
    """What was answered: the status and the body's bytes."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Idempotency:
    """Runs use cases once per key. `secret` keys the fingerprints."""

    pool: Pool
    secret: bytes

    async def answered(self, route: str, key: str | None, body: bytes) -> Answer | None:
        """The answer that a request with the `key` had before; None when it had none yet.

        For what would keep a request from being made, and must not keep its answer from being given again. Raises as
        `once`.
        """
        if key is None:
            return None
        _check(key)
        async with self.pool.acquire(timeout=POOL_SECONDS) as connection:
            return await _answer_of(connection, route, key, self._fingerprint(route, body))

    async def once(
        self, route: str, key: str | None, body: bytes, work: Callable[[Connection], Awaitable[Answer]]
    ) -> Answer:
        """The answer of `work`, done in a transaction; with a `key`, the answer that it had the first time.

        Raises ProblemError 422 when the key came with another body before or is no key (1 to 255 visible characters),
        and TimeoutError when no connection is to be had.
        """
        async with self.pool.acquire(timeout=POOL_SECONDS) as connection, connection.transaction():
            if key is None:
                return await work(connection)
            _check(key)
            fingerprint = self._fingerprint(route, body)
            claimed = await connection.fetchval(
                "INSERT INTO idempotency_keys (route, key, fingerprint) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING RETURNING true",
                route,
                key,
                fingerprint,
            )
            if not claimed:
                earlier = await _answer_of(connection, route, key, fingerprint)
                if earlier is None:  # cleaned up between the two statements, a day later
                    raise ProblemError(409, "key_expired", "The Idempotency-Key has just expired", retry_after=1)
                return earlier
            answer = await work(connection)
            await connection.execute(
                "UPDATE idempotency_keys SET status = $3, body = $4 WHERE route = $1 AND key = $2",
                route,
                key,
                answer.status,
                answer.body,
            )
            return answer

    def _fingerprint(self, route: str, body: bytes) -> bytes:
        return hmac.digest(self.secret, route.encode() + b"\0" + body, hashlib.sha256)


async def forget_old_keys(connection: Connection) -> int:
    """Deletes the keys older than a day. Returns how many."""
    status = await connection.execute("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'")
    return int(status.rpartition(" ")[2])


def _check(key: str) -> None:
    if not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise invalid([FieldError(field=HEADER, code="bad_key", detail="1 to 255 visible ASCII characters")])


async def _answer_of(connection: Connection, route: str, key: str, fingerprint: bytes) -> Answer | None:
    row = await connection.fetchrow(
        "SELECT fingerprint, status, body FROM idempotency_keys WHERE route = $1 AND key = $2", route, key
    )
    if row is None:
        return None
    if not hmac.compare_digest(row["fingerprint"], fingerprint):
        raise invalid([FieldError(field=HEADER, code="key_reused", detail="The key came with another body before")])
    return Answer(row["status"], row["body"])
