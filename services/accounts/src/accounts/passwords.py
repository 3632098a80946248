"""Argon2id off the event loop: as many threads as cores, a bounded queue before them.

A hash takes some 20 ms of a core and 19 MiB. The look whether a password is soon guessed comes before it, in the same
thread: some milliseconds. Under a rush the queue fills and further work is refused at once, so that everything else
the process does stays answerable. New passwords and those that are checked wait apart: a rush of registrations keeps
nobody from signing in.
"""

import asyncio
import math
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import argon2
from argon2.exceptions import VerificationError
from prometheus_client import Counter, Gauge

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
HASHES_PER_THREAD_AND_SECOND = 40

P = ParamSpec("P")
T = TypeVar("T")

UNDER_WAY = Gauge("dzwonek_password_hashes", "Passwords under way: new ones hashed, known ones checked", ["queue"])
REFUSED = Counter(
    "dzwonek_password_hashes_refused_total", "Requests refused because too many passwords waited", ["queue"]
)


class HashingBusy(Exception):  # noqa: N818 - reads as the state of the hasher
    """The queue is full. `retry_after` is when it may be empty, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the queue of passwords to hash is full")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Verdict:
    """Whether a password is right; `better_hash` takes the place of one with outdated parameters."""

    right: bool
    better_hash: str | None = field(default=None, repr=False)


class PasswordHasher:
    """Hashes and checks with Argon2id (m = 19 MiB, t = 2, p = 1: OWASP ASVS 5.0, 11.4.2), each in a queue of its own
    with so many `threads` and places."""

    def __init__(self, *, threads: int, queue_length: int) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=argon2.Type.ID
        )
        self._new = _Queue("new", threads, queue_length)
        self._known = _Queue("known", threads, queue_length)
        self._nobodys = self._argon2.hash(secrets.token_urlsafe())

    async def hash(self, password: str, check: Callable[[str], None] | None = None) -> str:
        """The hash with its parameters and salt, made when `check` lets the password pass.

        Raises HashingBusy when the queue is full, and what `check` raises.
        """
        return await self._new.run(self._checked_hash, password, check)

    async def verify(self, password: str, password_hash: str | None) -> Verdict:
        """Whether the hash is that of the password. None, where there is no account, takes as long and is wrong.

        Raises HashingBusy.
        """
        return await self._known.run(self._verdict, password, password_hash)

    def close(self) -> None:
        """Ends the threads; what waits in a queue is dropped."""
        self._new.close()
        self._known.close()

    def _checked_hash(self, password: str, check: Callable[[str], None] | None) -> str:
        if check:
            check(password)
        return self._argon2.hash(password)

    def _verdict(self, password: str, password_hash: str | None) -> Verdict:
        try:
            self._argon2.verify(password_hash or self._nobodys, password)
        except VerificationError:
            return Verdict(right=False)
        if password_hash is None:
            return Verdict(right=False)
        outdated = self._argon2.check_needs_rehash(password_hash)
        return Verdict(right=True, better_hash=self._argon2.hash(password) if outdated else None)


class _Queue:
    """Threads with a bounded queue before them."""

    def __init__(self, name: str, threads: int, length: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"argon2-{name}")
        self._limit = threads + length
        self._retry_after = math.ceil(self._limit / threads / HASHES_PER_THREAD_AND_SECOND)
        self._under_way = 0
        self._gauge, self._refused = UNDER_WAY.labels(name), REFUSED.labels(name)

    async def run(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What `work` returns or raises, done when its turn comes. Raises HashingBusy."""
        if self._under_way >= self._limit:
            self._refused.inc()
            raise HashingBusy(self._retry_after)
        loop = asyncio.get_running_loop()
        self._count(1)
        done = self._pool.submit(work, *args, **options)
        # counted down in the loop's own thread, also when the waiting request was cancelled
        done.add_done_callback(lambda _: self._finished(loop))
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Ends the threads; what waits is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _finished(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count, -1)

    def _count(self, change: int) -> None:
        self._under_way += change
        self._gauge.inc(change)
