"""What the use cases work with; bootstrap puts it together."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from accounts.answer_time import BEAT_SECONDS
from accounts.clock import Clock
from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import QUIET
from accounts.passwords import PasswordHasher
from accounts.vault import Vault
from shared.runtime.auth.signing_keys import SigningKeys
from shared.runtime.i18n import WARSAW
from shared.runtime.idempotency import Idempotency
from shared.runtime.postgres import Connection, Pool
from shared.runtime.sealing import Sealer

ATTEMPTS = 10
"""How often a use case starts anew when others change the same account at the same time."""

NETWORK_LIMIT = 300
"""Failures in 15 minutes that one network may have over all accounts: a school may be behind one address."""

SCHOOL_LIMIT = 1_000
"""Failures in 15 minutes at all logins of one school: as many as the pupils of a large one, who forget theirs."""

NETWORK_REQUESTS = 600
"""Requests for a mail in 15 minutes that one network may make without being signed in."""

CONNECTION_SECONDS = 5
"""How long a request waits for a connection; then it is told to come back later."""


class Contended(Exception):  # noqa: N818 - reads as the state of the account
    """Others kept changing the same account; trying again in a moment will do."""


@dataclass(frozen=True)
class Parts:
    """The working parts of the API process."""

    pool: Pool
    idempotency: Idempotency
    hasher: PasswordHasher
    sealer: Sealer
    keys: SigningKeys
    clock: Clock
    secrets: Sequence[bytes] = field(repr=False)
    quiet: timedelta = QUIET
    beat_seconds: float = BEAT_SECONDS
    network_limit: int = NETWORK_LIMIT
    school_limit: int = SCHOOL_LIMIT
    network_requests: int = NETWORK_REQUESTS
    export_sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def vault(self) -> Vault:
        """Encrypts what the database keeps and nobody may read there."""
        return Vault(self.secrets)

    def address_digest(self, email: EmailAddress) -> bytes:
        """The address as the limits count it: not to be guessed back without the secret."""
        return self.keyed_digest(b"", email.key.encode())

    def reset_digest(self, email: EmailAddress) -> bytes:
        """The address as the limit of resets counts it, by themselves: no other mail uses them up."""
        return self.keyed_digest(b"resets", email.key.encode())

    def told_digest(self, email: EmailAddress) -> bytes:
        """The address as the limit of mails counts it that tell of an account that there is already."""
        return self.keyed_digest(b"told", email.key.encode())

    def keyed_digest(self, purpose: bytes, value: bytes) -> bytes:
        """A digest of `value`: not to be guessed back without the secret, and another one for each purpose."""
        return self.keyed_digests(purpose, value)[0]

    def keyed_digests(self, purpose: bytes, value: bytes) -> list[bytes]:
        """The digest of `value`, and those that it had under earlier secrets."""
        return [hmac.digest(secret, purpose + value, hashlib.sha256) for secret in self.secrets]

    def today(self) -> date:
        """The day that it is at schools."""
        return self.clock().astimezone(WARSAW).date()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection, each statement by itself. Raises TimeoutError when none becomes free in time."""
        async with self.pool.acquire(timeout=CONNECTION_SECONDS) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction. Raises TimeoutError when no connection becomes free in time."""
        async with self.pool.acquire(timeout=CONNECTION_SECONDS) as connection, connection.transaction():
            yield connection
