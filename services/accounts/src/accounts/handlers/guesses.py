"""Guesses at a password or a code are counted before they are checked, for every address alike."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from accounts.domain.attempts import FORGOTTEN_AFTER, NETWORK_WINDOW, network_of, waits
from accounts.handlers.parts import Parts
from accounts.store import attempts as store


class TooManyAttempts(Exception):  # noqa: N818 - reads as what happened
    """The next guess has to wait; `retry_after` says how long, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from: the client's address, the cookie that its browser keeps, what it says it is."""

    address: str
    device_token: str | None = field(default=None, repr=False)
    user_agent: str = ""

    @property
    def network(self) -> str:
        """The network that its failures are counted for."""
        return network_of(self.address)


@dataclass(frozen=True)
class Guess:
    """A guess under way: `subject` is what its failures are counted for, `network` the limit over all accounts."""

    subject: bytes
    network: bytes


async def begin_guess(parts: Parts, digest: bytes, visitor: Visitor, *, device: bytes | None) -> Guess:
    """Counts a guess at the account of an address, from a `device` that the account knows or else from a network.

    Raises TooManyAttempts.
    """
    now = parts.clock()
    network = visitor.network.encode()
    place = (b"at device", digest + device) if device else (b"at network", digest + network)
    guess = Guess(parts.keyed_digest(*place), parts.keyed_digest(b"from network", network))
    async with parts.connection() as connection:
        blocked_until = await store.blocked_until(connection, [guess.subject, guess.network], now)
        if blocked_until is None:
            if await store.begin_attempt(connection, guess.subject, digest, now, forget=FORGOTTEN_AFTER, waits=waits()):
                return guess
            blocked_until = await store.blocked_until(connection, [guess.subject], now)
    raise TooManyAttempts(seconds_until(blocked_until or now, now))


async def note_failure(parts: Parts, guess: Guess) -> None:
    """The guess was wrong: the network's limit counts it as well."""
    now = parts.clock()
    async with parts.connection() as connection:
        await store.count_for_network(connection, guess.network, now, limit=parts.network_limit, window=NETWORK_WINDOW)


async def take_back(parts: Parts, guess: Guess) -> None:
    """The guess was no failure, and not yet a success that forgives the earlier ones."""
    async with parts.connection() as connection:
        await store.take_back(connection, guess.subject)


async def forgive(parts: Parts, guess: Guess) -> None:
    """The guess was right."""
    async with parts.connection() as connection:
        await store.forgive_attempt(connection, guess.subject)


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from now on, at least one."""
    return max(math.ceil((instant - now).total_seconds()), 1)
