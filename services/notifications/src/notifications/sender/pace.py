"""How many mails a lane holds: what it sends in half a second, so that turns stay short with a slow relay."""

import time

_MEASURED_EVERY = 0.25
_SECONDS_HELD = 0.5


class Pace:
    """Measures how many mails a second are dealt with."""

    def __init__(self, *, least: int, most: int) -> None:
        self._least = least
        self._most = most
        self._rate = 0.0
        self._count = 0
        self._since = time.monotonic()

    def step(self) -> None:
        """A mail was dealt with."""
        self._count += 1

    @property
    def wanted(self) -> int:
        """How many mails to hold now."""
        now = time.monotonic()
        elapsed = now - self._since
        if elapsed >= _MEASURED_EVERY:
            self._rate = (self._rate + self._count / elapsed) / 2
            self._count, self._since = 0, now
        return int(min(max(self._rate * _SECONDS_HELD, self._least), self._most))
