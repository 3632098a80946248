"""Guesses at a password or a code are counted before they are checked, for every address alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.domain.attempts import FORGOTTEN_AFTER, FREE_CODES, FREE_FAILURES, Window, network_of, waits
from accounts.handlers.parts import Parts
from accounts.store import attempts as store
from shared.runtime.postgres import Connection


class TooManyAttempts(Exception):  # noqa: N818 - reads as what happened
    """The next guess has to wait; `retry_after` says how long, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from: the client's address, the tokens that its browser keeps, what it says it is."""

    address: str
    device_tokens: Sequence[str] = field(default=(), repr=False)
    user_agent: str = ""

    @property
    def network(self) -> str:
        """The network that its failures are counted for."""
        return network_of(self.address)


@dataclass(frozen=True)
class Guess:
    """A guess under way: `subject` is what its failures are counted for, and `address` whose account it is about.

    `windows` are the limits over many accounts, of the network and of the school, and `codes` that of the account over
    all networks. A device that the account knows has no limit but its own: who fills the others keeps nobody out who
    was here before.
    """

    subject: bytes
    address: bytes
    windows: Sequence[Window] = ()
    codes: bytes | None = None

    @property
    def subjects(self) -> Sequence[bytes]:
        """What is forgiven when it was right."""
        return (self.subject, self.codes) if self.codes else (self.subject,)


async def begin_guess(
    parts: Parts, digest: bytes, visitor: Visitor, *, device: bytes | None, school: UUID | None = None
) -> Guess:
    """Counts a guess at the account of an address, from a `device` that the account knows or else from a network.

    `school` is whose login it is about. Raises TooManyAttempts.
    """
    if device:
        guess = Guess(parts.keyed_digest(b"at device", digest + device), digest)
    else:
        network = visitor.network.encode()
        subject = parts.keyed_digest(b"at network", digest + network)
        windows = [Window(parts.keyed_digest(b"from network", network), parts.network_limit)]
        if school:
            windows.append(Window(parts.keyed_digest(b"at school", school.bytes), parts.school_limit))
        guess = Guess(subject, digest, windows, parts.keyed_digest(b"codes", digest))
    async with parts.connection() as connection:
        await _stop_at_full_window(parts, connection, guess)
        await _begin(parts, connection, guess.subject, digest, free=FREE_FAILURES)
    return guess


async def begin_guess_of_account(parts: Parts, account_id: UUID) -> Guess:
    """Counts a guess for the account that makes it, whatever is guessed at and from whatever network.

    Raises TooManyAttempts.
    """
    subject = parts.keyed_digest(b"by account", account_id.bytes)
    async with parts.connection() as connection:
        await _begin(parts, connection, subject, subject, free=FREE_FAILURES)
    return Guess(subject, subject)


async def begin_code(parts: Parts, guess: Guess) -> int:
    """Counts the code that follows a right password, before it is checked, and says how many count with it.

    Raises TooManyAttempts. Only whoever has shown the password comes as far as that: a stranger keeps nobody out by it.
    """
    if guess.codes is None:
        return 0
    async with parts.connection() as connection:
        try:
            return await _begin(parts, connection, guess.codes, guess.address, free=FREE_CODES)
        except TooManyAttempts:
            await store.take_back(connection, guess.subject)
            raise


async def _begin(parts: Parts, connection: Connection, subject: bytes, address: bytes, *, free: int) -> int:
    now = parts.clock()
    failures = await store.begin_attempt(connection, subject, address, now, forget=FORGOTTEN_AFTER, waits=waits(free))
    if failures is None:
        blocked_until = await store.blocked_until(connection, subject, now)
        raise TooManyAttempts(seconds_until(blocked_until or now, now))
    return failures


async def look_again(parts: Parts, guess: Guess) -> None:
    """The guess was right, and opens nothing if one of its windows is full by now. Raises TooManyAttempts.

    So of many at once no more count than may fail. They are not counted before they are checked, as those at one
    account are: when a whole school signs in at once, the guesses under way would be taken for failures.
    """
    if guess.windows:
        async with parts.connection() as connection:
            await _stop_at_full_window(parts, connection, guess)


async def _stop_at_full_window(parts: Parts, connection: Connection, guess: Guess) -> None:
    if not guess.windows:
        return
    now = parts.clock()
    ends_at = await store.full_until(connection, guess.windows, now)
    if ends_at:
        raise TooManyAttempts(seconds_until(ends_at, now))


async def note_failure(parts: Parts, guess: Guess) -> None:
    """The guess was wrong: its windows count it, the network's first. Raises TooManyAttempts where one is full by now.

    What a full network sends does not count for the school any more.
    """
    if not guess.windows:
        return
    now = parts.clock()
    async with parts.connection() as connection:
        for window in guess.windows:
            ends_at = await store.count_in_window(connection, window, now)
            if ends_at:
                raise TooManyAttempts(seconds_until(ends_at, now))


async def take_back(parts: Parts, guess: Guess) -> None:
    """The guess was no failure, and not yet a success that forgives the earlier ones."""
    async with parts.connection() as connection:
        await store.take_back(connection, guess.subject)


async def forgive(parts: Parts, guess: Guess) -> None:
    """The guess was right."""
    async with parts.connection() as connection:
        await store.forgive_attempts(connection, guess.subjects)


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds from now on, at least one."""
    return max(math.ceil((instant - now).total_seconds()), 1)
