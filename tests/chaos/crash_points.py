"""The places where a process is killed on purpose: between two steps whose order matters.

Nothing in the services knows of them: a point names a function of theirs, and whether the kill comes before or after.
"""

import inspect
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class CrashPoint:
    """One place. `process` is the one it is tried in; `function` is a method, `Class.method`, of `module`."""

    name: str
    process: str
    module: str
    function: str
    moment: Literal["before", "after"]
    at_work: Callable[..., bool] = lambda *_, **__: True
    """Whether a call with these arguments has something to do; others are no coming to the point."""

    def place(self) -> tuple[type, str]:
        """The class and the method's name."""
        class_name, _, method = self.function.partition(".")
        owner: type = getattr(import_module(self.module), class_name)
        return owner, method


RELAY, CONSUMER, SENDER = "accounts-worker", "notifications-worker", "notifications-sender"
PUBLISHING = "shared.runtime.publishing"
SENDERS_STORE = "notifications.sender.store"

POINTS = {
    point.name: point
    for point in (
        CrashPoint("relay: before it sends", RELAY, PUBLISHING, "Publisher._send", "before"),
        CrashPoint("relay: acknowledged, in the outbox", RELAY, PUBLISHING, "Publisher._send", "after"),
        CrashPoint(
            "relay: gone from the outbox",
            RELAY,
            "shared.runtime.relay",
            "LaneRelay._archive",
            "after",
            at_work=lambda _relay, _lead, rows: bool(rows),
        ),
        CrashPoint("consumer: before it applies", CONSUMER, "shared.runtime.consumer", "Inbox.apply", "before"),
        CrashPoint("consumer: applied, not committed", CONSUMER, "shared.runtime.consumer", "Inbox.apply", "after"),
        CrashPoint("sender: claimed", SENDER, "notifications.sender.courier", "Courier.handle", "before"),
        CrashPoint("sender: accepted, not recorded", SENDER, SENDERS_STORE, "QueueStore.record", "before"),
        CrashPoint("sender: recorded", SENDER, SENDERS_STORE, "QueueStore.record", "after"),
    )
}


def arm(point: CrashPoint, *, nth: int, hits: Path) -> None:
    """Has this process kill itself when it comes to the point for the `nth` time. Each hit adds a line to `hits`."""
    owner, name = point.place()
    count = itertools.count(1)

    def hit(*arguments: object, **named: object) -> None:
        if not point.at_work(*arguments, **named):
            return
        with hits.open("a", encoding="utf-8") as lines:
            lines.write(f"{point.name}\n")
        if next(count) >= nth:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, _hitting(getattr(owner, name), hit, before=point.moment == "before"))


def _hitting(function: Callable[..., Any], hit: Callable[..., None], *, before: bool) -> Callable[..., Any]:
    """The function with a hit at its beginning or its end."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def awaited(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
            if before:
                hit(*arguments, **named)
            result = await function(*arguments, **named)
            if not before:
                hit(*arguments, **named)
            return result

        return awaited

    @wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        if before:
            hit(*arguments, **named)
        result = function(*arguments, **named)
        if not before:
            hit(*arguments, **named)
        return result

    return called
