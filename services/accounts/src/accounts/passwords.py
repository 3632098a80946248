"""Argon2id off the event loop: as many threads as cores, a bounded queue before them.

A hash takes some 20 ms of a core and 19 MiB. The look whether a password is soon guessed comes before it, in the same
thread: some milliseconds. Under a rush the queue fills and further work is refused at once, so that
everything else the process does stays answerable.
"""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import argon2
from prometheus_client import Counter, Gauge

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
HASHES_PER_THREAD_AND_SECOND = 40

UNDER_WAY = Gauge("dzwonek_password_hashes", "Passwords that are being hashed or wait for it")
REFUSED = Counter("dzwonek_password_hashes_refused_total", "Requests refused because too many passwords waited")


class HashingBusy(Exception):  # noqa: N818 - reads as the state of the hasher
    """The queue is full. `retry_after` is when it may be empty, in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the queue of passwords to hash is full")
        self.retry_after = retry_after


class PasswordHasher:
    """Hashes with Argon2id (m = 19 MiB, t = 2, p = 1: OWASP ASVS 5.0, 11.4.2) in `threads` threads of its own."""

    def __init__(self, *, threads: int, queue_length: int) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=argon2.Type.ID
        )
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._limit = threads + queue_length
        self._retry_after = math.ceil(self._limit / threads / HASHES_PER_THREAD_AND_SECOND)
        self._under_way = 0

    async def hash(self, password: str, check: Callable[[str], None] | None = None) -> str:
        """The hash with its parameters and salt, made when `check` lets the password pass.

        Raises HashingBusy when the queue is full, and what `check` raises.
        """
        if self._under_way >= self._limit:
            REFUSED.inc()
            raise HashingBusy(self._retry_after)
        loop = asyncio.get_running_loop()
        self._count(1)
        work = self._pool.submit(self._checked_hash, password, check)
        # counted down in the loop's own thread, also when the waiting request was cancelled
        work.add_done_callback(lambda done: self._finished(loop, done))
        return await asyncio.wrap_future(work)

    def close(self) -> None:
        """Ends the threads; what waits in the queue is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _checked_hash(self, password: str, check: Callable[[str], None] | None) -> str:
        if check:
            check(password)
        return self._argon2.hash(password)

    def _finished(self, loop: asyncio.AbstractEventLoop, _: "Future[str]") -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count, -1)

    def _count(self, change: int) -> None:
        self._under_way += change
        UNDER_WAY.inc(change)
