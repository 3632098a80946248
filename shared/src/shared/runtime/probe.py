"""The health check of a container: `python -m shared.runtime.probe` asks the process beside it how it is.

Ends with 0 when it is ready. Where nobody restarts what fails its liveness, this does: it tells the process to end, and
the container's restart policy starts another. It imports next to nothing, because it is run every few seconds.
"""

import os
import signal
import socket

SECONDS = 4.0
FIRST_PROCESS = 1
"""The container's own."""

OK = 200
RESTART_ME = 503
"""What `/livez` answers when only a restart would help."""


def probe(port: int, process: int) -> None:
    """Asks at the port of a process. Raises SystemExit with the reason when it is not ready."""
    try:
        if status_of("/livez", port) == RESTART_ME:
            os.kill(process, signal.SIGTERM)
            raise SystemExit("it fails its liveness: told to end")
        if status_of("/readyz", port) != OK:
            raise SystemExit("it is not ready")
    except (OSError, ValueError, IndexError) as error:
        raise SystemExit(f"it does not answer ({type(error).__name__})") from None


def status_of(path: str, port: int) -> int:
    """The status that is answered. Raises OSError when nobody answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        return int(connection.recv(64).split()[1])


if __name__ == "__main__":
    probe(int(os.environ.get("DZWONEK_PORT", "8000")), FIRST_PROCESS)
