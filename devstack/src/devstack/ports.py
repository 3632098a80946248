"""Free TCP ports, each given to one process of the machine only."""

import random
import socket
from pathlib import Path

LOWEST, HIGHEST = 20_000, 32_768
_reservations: list[int] = []


def free_port() -> int:
    """A loopback port that nothing listens on, kept from other devstacks as long as this process lives.

    It lies below the range from which the system takes ports for outgoing connections: one of those could hold it at
    the moment a server comes back after a restart. Raises RuntimeError if none is free.
    """
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    candidates = list(range(LOWEST, first_ephemeral if first_ephemeral > LOWEST else HIGHEST))
    random.shuffle(candidates)
    for port in candidates:
        if is_free(port) and reserve(port):
            return port
    raise RuntimeError(f"no free port from {LOWEST} on")


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def reserve(port: int) -> bool:
    """Marks the port as taken, machine-wide, by an abstract Unix socket: the kernel frees it when this process dies."""
    marker = socket.socket(socket.AF_UNIX)
    try:
        marker.bind(f"\0dzwonek-port-{port}")
    except OSError:
        marker.close()
        return False
    _reservations.append(marker.detach())
    return True
