"""A lane's connections to the relay: kept while there is work, and the judgement whether the relay is there at all."""

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine

import structlog

from notifications.sender.metrics import CONNECTIONS
from notifications.sender.presence import Presence, wait_before
from notifications.smtp.conversation import Conversation
from notifications.smtp.relay import Relay, RelayAway

log = structlog.get_logger()

_TEND_SECONDS = 1.0
_FULL_SECONDS = 1.0
"""A relay that refused a connection while others are open has its limit: one courier asks again so often."""


class Connections:
    """Conversations to take and give back. While the relay is away none is opened but by one careful probe."""

    def __init__(
        self, relay: Relay, lane: str, *, presence: Presence, mails_per_connection: int, idle_seconds: float
    ) -> None:
        self._relay = relay
        self._presence = presence
        self._lane = lane
        self._mails_per_connection = mails_per_connection
        self._idle_seconds = idle_seconds
        self._idle: list[Conversation] = []
        self._busy: set[Conversation] = set()
        self._returned = asyncio.Event()
        self._full = False
        self._full_until = 0.0
        self._there = asyncio.Event()
        self._there.set()
        self._failure: RelayAway | None = None
        self._probing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        CONNECTIONS.labels(lane).set_function(lambda: len(self._idle) + len(self._busy))

    @property
    def away(self) -> str | None:
        """Why the relay cannot be reached, or None when it can, as far as is known."""
        return self._failure.reason if self._failure else None

    @property
    def knows(self) -> bool:
        """Whether the lane knows if the relay is there: it is connected, or it is trying."""
        return self._failure is not None or self._any_open()

    async def relay_back(self) -> None:
        """Returns when the relay can be reached again."""
        await self._there.wait()

    async def take(self) -> Conversation:
        """An open conversation, the one used last rather than another. Raises RelayAway.

        When the relay lets us have no more, it waits for one that is in use.
        """
        loop = asyncio.get_running_loop()
        while True:
            conversation = self._kept()
            if conversation is None and self._failure is not None:
                raise RelayAway(self._failure.reason, refused=self._failure.refused)
            if conversation is None and loop.time() < self._full_until:
                await self._one_returned()
                continue
            conversation = conversation or await self._opened()
            if conversation is not None:
                self._busy.add(conversation)
                return conversation

    def give(self, conversation: Conversation) -> None:
        """Takes a conversation back, whatever state it is in."""
        self._busy.discard(conversation)
        self._returned.set()
        if not conversation.is_open:
            return
        if conversation.mails >= self._mails_per_connection:
            self._begin(conversation.quit())
        else:
            self._idle.append(conversation)

    async def tend(self) -> None:
        """Closes what has been idle too long, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TEND_SECONDS)
            oldest = loop.time() - self._idle_seconds
            for conversation in [each for each in self._idle if each.used_at < oldest or not each.is_open]:
                self._idle.remove(conversation)
                self._begin(conversation.quit())

    async def close(self) -> None:
        """Ends every conversation, politely where nothing is under way."""
        for task in self._tasks:
            task.cancel()
        for conversation in self._busy:
            conversation.abort()
        await asyncio.gather(*self._tasks, *(each.quit() for each in self._idle), return_exceptions=True)
        self._idle.clear()
        self._busy.clear()

    def _kept(self) -> Conversation | None:
        """A conversation that is open and idle."""
        while self._idle:
            conversation = self._idle.pop()
            if conversation.is_open:
                return conversation
        return None

    async def _opened(self) -> Conversation | None:
        """Another conversation, or None when the relay refuses one more. Raises RelayAway."""
        if self._full:
            self._wait_before_asking_again()  # before the answer, or every courier would ask at once
        try:
            conversation = await self._relay.open()
        except RelayAway as failure:
            if self._any_open():
                if not self._full:
                    log.warning("no_more_connections", lane=self._lane, open=len(self._busy), reason=failure.reason)
                self._full = True
                self._wait_before_asking_again()
                return None
            self._lost(failure)
            raise
        self._full, self._full_until = False, 0.0
        self._found()
        return conversation

    def _wait_before_asking_again(self) -> None:
        self._full_until = asyncio.get_running_loop().time() + _FULL_SECONDS

    def _any_open(self) -> bool:
        return any(each.is_open for each in (*self._busy, *self._idle))

    async def _one_returned(self) -> None:
        self._returned.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FULL_SECONDS):
                await self._returned.wait()

    def _lost(self, failure: RelayAway) -> None:
        """The relay is away: from now on only the probe asks for it."""
        if self._failure is None:
            self._presence.lost(self._lane, failure)
            self._failure = failure
            self._there.clear()
            if self._probing is None or self._probing.done():
                self._probing = self._begin(self._probe())

    async def _probe(self) -> None:
        """Tries again and again until the relay is back; the first conversation is kept for the first mail."""
        for tries in itertools.count():
            if self._failure is None:
                return
            await asyncio.sleep(wait_before(tries, self._failure))
            try:
                self._idle.append(await self._relay.open())
            except RelayAway as failure:
                if self._failure is not None:
                    self._failure = failure
            else:
                self._found()

    def _found(self) -> None:
        """The relay is there, also when another connection, begun at the same time, was refused."""
        self._presence.found(self._lane)
        self._failure = None
        self._there.set()

    def _begin(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
