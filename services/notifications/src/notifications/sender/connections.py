"""A lane's connections to the relay: kept while there is work, and the judgement whether the relay is there at all."""

import asyncio
import itertools
import random
from collections.abc import Coroutine

import structlog

from notifications.sender.metrics import CONNECTIONS, RELAY_AWAY
from notifications.smtp.conversation import Conversation
from notifications.smtp.relay import Relay, RelayAway

log = structlog.get_logger()

_TEND_SECONDS = 1.0
_LONGEST_WAIT = 3.0
_LONGEST_WAIT_REFUSED = 30.0
"""A relay that answers and does not want us (sign-in, certificate) is asked less often, or it would lock us out."""


class Connections:
    """Conversations to take and give back. While the relay is away none is opened but by one careful probe."""

    def __init__(self, relay: Relay, lane: str, *, mails_per_connection: int, idle_seconds: float) -> None:
        self._relay = relay
        self._lane = lane
        self._mails_per_connection = mails_per_connection
        self._idle_seconds = idle_seconds
        self._idle: list[Conversation] = []
        self._busy: set[Conversation] = set()
        self._there = asyncio.Event()
        self._there.set()
        self._failure: RelayAway | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        CONNECTIONS.labels(lane).set_function(lambda: len(self._idle) + len(self._busy))

    @property
    def away(self) -> str | None:
        """Why the relay cannot be reached, or None when it can, as far as is known."""
        return self._failure.reason if self._failure else None

    async def relay_back(self) -> None:
        """Returns when the relay can be reached again."""
        await self._there.wait()

    async def take(self) -> Conversation:
        """An open conversation, the one used last rather than another. Raises RelayAway."""
        while self._idle:
            conversation = self._idle.pop()
            if conversation.is_open:
                self._busy.add(conversation)
                return conversation
        if self._failure is not None:
            raise self._failure
        try:
            conversation = await self._relay.open()
        except RelayAway as failure:
            self._failed(failure)
            raise
        self._busy.add(conversation)
        return conversation

    def give(self, conversation: Conversation) -> None:
        """Takes a conversation back, whatever state it is in."""
        self._busy.discard(conversation)
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

    def _failed(self, failure: RelayAway) -> None:
        """A connection was refused. With others open that is a limit of the relay; without any, the relay is away."""
        if self._failure is None and not self._busy and not any(each.is_open for each in self._idle):
            log.error("relay_away", lane=self._lane, reason=failure.reason)
            self._failure = failure
            self._there.clear()
            RELAY_AWAY.labels(self._lane).set(1)
            self._begin(self._probe())

    async def _probe(self) -> None:
        """Tries again and again until the relay is back; the first conversation is kept for the first mail."""
        for tries in itertools.count():
            refused = self._failure is not None and self._failure.refused
            await asyncio.sleep(_wait(tries, _LONGEST_WAIT_REFUSED if refused else _LONGEST_WAIT))
            try:
                self._idle.append(await self._relay.open())
            except RelayAway as failure:
                self._failure = failure
                continue
            log.info("relay_back", lane=self._lane)
            self._failure = None
            self._there.set()
            RELAY_AWAY.labels(self._lane).set(0)
            return

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _wait(tries: int, longest: float) -> float:
    """Seconds before the next try: from a quarter of a second, doubling, with jitter."""
    return min(0.25 * 2.0 ** min(tries, 10), longest) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
