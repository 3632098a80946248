"""The inbox (see `devstack.inbox`) as a process: an SMTP server that keeps every mail."""

from importlib.metadata import version
from pathlib import Path

from devstack.module_process import ModuleProcess
from devstack.ports import free_port
from devstack.process import until_ready

READY_SECONDS = 30.0


class Mailbox:
    """One inbox on ports of its own; the mails lie in its folder and outlive stop, kill and restart.

    Args:
        folder: where mails and log go.
    """

    def __init__(self, folder: Path) -> None:
        self.smtp_port = free_port()
        self.http_port = free_port()
        self._log = folder / "inbox.log"
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        arguments = [*ports, "--folder", str(folder / "mails")]
        self.process = ModuleProcess("the inbox", "devstack.inbox", arguments, log=self._log)

    @property
    def smtp(self) -> str:
        """Where it takes mails, HOST:PORT."""
        return f"127.0.0.1:{self.smtp_port}"

    @property
    def url(self) -> str:
        """Its page and JSON API."""
        return f"http://127.0.0.1:{self.http_port}"

    async def start(self) -> None:
        """Starts it and returns once it serves. Raises StartError with the end of the log."""
        self._log.unlink(missing_ok=True)
        await self.process.start()
        await until_ready(self.process, self._serves, seconds=READY_SECONDS)

    async def stop(self) -> None:
        """Ends it in good order."""
        await self.process.stop()

    async def _serves(self) -> bool:
        """Whether it has said so."""
        return f"ready {self.url}" in self.process.tail()


def describe() -> str:
    """One line about it."""
    return f"SMTP server: Dzwonek's own inbox on aiosmtpd {version('aiosmtpd')}"
