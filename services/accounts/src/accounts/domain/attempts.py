"""How often somebody may guess: five failures are free, then each guess waits, ever longer.

Failures count per account and known device, else per account and network, so that a stranger elsewhere locks nobody
out (security.md, Rate limits). A network has a limit of its own over all accounts, wide enough for a school whose
pupils share one address, and a school has one over all of its logins, whose numbers can be tried one after the other;
neither holds for devices that the account knows.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

FREE_FAILURES = 5
FREE_CODES = 10
"""Wrong codes after the right password, over all networks: whoever got hold of the password may have many of them."""

WAITS: Sequence[timedelta] = (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
"""After the fifth failure and each further one; the last holds for all that follow."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures count no longer when there was none for so long."""

SHARED_WINDOW = timedelta(minutes=15)
"""How long what many do together is counted: a network's failures and requests, the failures at a school's logins."""


@dataclass(frozen=True)
class Window:
    """What is counted together, up to `limit` in a `length` that begins with the first."""

    subject: bytes
    limit: int
    length: timedelta = SHARED_WINDOW


def waits(free: int = FREE_FAILURES) -> list[timedelta]:
    """How long the next guess has to wait after one failure, after two, and so on; the last holds for all further."""
    return [timedelta(0)] * (free - 1) + list(WAITS)


def network_of(address: str) -> str:
    """The network that an address stands for: itself in IPv4, its /64 in IPv6, which one household or school has.

    What is no address is a network of its own.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = parsed.max_prefixlen if parsed.version == 4 else 64  # noqa: PLR2004 - the versions of IP
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
