"""Is the relay there? What the lanes find out while they send, and a look now and then while they do not.

Without the look a relay that is away would go unnoticed until the first mail is due.
"""

import asyncio
import random
from collections.abc import Callable

import structlog

from notifications.sender.metrics import RELAY_AWAY
from notifications.smtp.relay import Relay, RelayAway
from shared.runtime.waiting import pause

log = structlog.get_logger()

LOOK_SECONDS = 15.0
"""How often the relay is looked for while no lane is connected to it."""

_WATCH = "watch"
_LONGEST_WAIT = 3.0
_LONGEST_WAIT_REFUSED = 30.0
"""A relay that answers and does not want us (sign-in, certificate) is asked less often, or it would lock us out."""


class Presence:
    """What is known of the relay. The log says once that it is away and once that it is back, whoever noticed."""

    def __init__(self, relay: Relay, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._relay = relay
        self._look_seconds = look_seconds
        self._asked = False
        self._missed_by: dict[str, RelayAway] = {}

    @property
    def away(self) -> str | None:
        """Why the last look did not find the relay, or None when it did, or when a lane has reached it since."""
        if not self._asked:
            return "it has not been asked yet"
        failure = self._missed_by.get(_WATCH)
        return failure.reason if failure else None

    def lost(self, by: str, failure: RelayAway) -> None:
        """`by` cannot reach the relay."""
        self._asked = True
        if not self._missed_by:
            log.error("relay_away", lane=by, reason=failure.reason)
        self._missed_by[by] = failure
        RELAY_AWAY.labels(by).set(1)

    def found(self, by: str) -> None:
        """`by` has reached the relay."""
        self._asked = True
        for name in {by, _WATCH} & self._missed_by.keys():
            del self._missed_by[name]
            RELAY_AWAY.labels(name).set(0)
            if not self._missed_by:
                log.info("relay_back", lane=by)

    async def watch(self, lanes_know: Callable[[], bool], stop: asyncio.Event) -> None:
        """Looks for the relay until `stop`, at once and then while no lane knows better: connected, or trying itself.

        It is not left to be cancelled alone: below Python 3.12 a cancellation is lost (`asyncio.wait_for`, which
        connecting uses) when what is waited for comes at that very moment.
        """
        tries = 0
        while not stop.is_set():
            if not lanes_know():
                await self._look()
            failure = self._missed_by.get(_WATCH)
            tries = tries + 1 if failure else 0
            await pause(stop, wait_before(tries, failure) if failure else self._look_seconds)

    async def _look(self) -> None:
        try:
            conversation = await self._relay.open()
        except RelayAway as failure:
            self.lost(_WATCH, failure)
        else:
            self.found(_WATCH)
            await conversation.quit()


def wait_before(tries: int, failure: RelayAway) -> float:
    """Seconds before the relay is tried again: from a quarter of a second, doubling, with jitter."""
    longest = _LONGEST_WAIT_REFUSED if failure.refused else _LONGEST_WAIT
    return min(0.25 * 2.0 ** min(tries, 10), longest) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
