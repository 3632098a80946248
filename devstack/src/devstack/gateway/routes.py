"""Which service answers a path: the longest prefix wins, the replicas of a route take turns."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

SESSION = "session"


@dataclass(frozen=True)
class Route:
    """Paths below `prefix` go to one of the replicas, each `http://HOST:PORT`."""

    prefix: str
    replicas: tuple[str, ...]
    session: bool = False
    _turns: "itertools.count[int]" = field(default_factory=itertools.count, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A route as written on the command line: `/grades/=http://HOST:PORT,http://HOST:PORT;session`.

        Raises ValueError that says what is wrong.
        """
        prefix, equals, rest = text.partition("=")
        addresses, *options = rest.split(";")
        if not equals or not prefix.startswith("/"):
            raise ValueError(f"{text!r} is no route; write PREFIX=http://HOST:PORT, the prefix beginning with /")
        if unknown := set(options) - {SESSION}:
            raise ValueError(f"{text!r} has the unknown option {unknown.pop()!r}; there is {SESSION!r}")
        replicas = tuple(_replica(address.strip()) for address in addresses.split(","))
        return cls(prefix.rstrip("/") + "/", replicas, session=SESSION in options)

    def covers(self, path: str) -> bool:
        """Whether this route could answer the path, which may lack the prefix's last slash."""
        return path.startswith(self.prefix) or path + "/" == self.prefix

    def in_turn(self) -> Sequence[str]:
        """All replicas, beginning with the one whose turn it is."""
        first = next(self._turns) % len(self.replicas)
        return [*self.replicas[first:], *self.replicas[:first]]


def _replica(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"{address!r} is no replica; write http://HOST:PORT")
    return f"http://{parts.netloc}"


class RoutingTable:
    """All routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        """Raises ValueError when a prefix stands twice."""
        if len({route.prefix for route in routes}) < len(routes):
            raise ValueError("a prefix has two routes; write its replicas into one, separated by commas")
        self._longest_first = sorted(routes, key=lambda route: -len(route.prefix))

    def choose(self, path: str) -> Route | None:
        """The route for a decoded path; None: nobody answers it."""
        return next((route for route in self._longest_first if route.covers(path)), None)
