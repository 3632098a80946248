"""What the tests of the operators' files stand on."""

import shutil
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

DEPLOY = Path(__file__).parents[3] / "deploy"
AUTHORITY = "/data/caddy/pki/authorities/local/root.crt"
LOG_SECONDS = 20


@dataclass(frozen=True)
class Gateway:
    """The gateway of compose.yaml before services that answer with what they were asked."""

    client: httpx.Client
    log: Callable[[], str]

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """The answer to a path, which is sent as it is written."""
        return self.client.get(self.client.base_url.copy_with(raw_path=path.encode()), headers=headers)

    def log_with(self, word: str) -> str:
        """The log once the word is in it: the engine brings a line some moments after the answer."""
        deadline = time.monotonic() + LOG_SECONDS
        while word not in (log := self.log()):
            assert time.monotonic() < deadline, f"still no {word} in the log after {LOG_SECONDS} s"
            time.sleep(0.05)
        return log


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, container: Callable[[str], str]) -> Iterator[Gateway]:
    """The gateway, with a service below /grades/ let in, and one below /messages/ that is away and not waited for."""
    images = container("caddy:2"), container("python:3.13-slim")
    from devstack import containers  # noqa: PLC0415 - its client takes long to import

    folder = tmp_path_factory.mktemp("caddy") / "gateway"
    shutil.copytree(DEPLOY / "gateway", folder)
    config = folder / "Caddyfile"
    config.write_text(
        config.read_text().replace("# import paths_of", "import paths_of").replace("lb_try_duration 15s", "")
    )
    with containers.gateway(images[0], folder, images[1], Path(__file__).with_name("telling_service.py")) as server:
        authority = server.exec(["cat", AUTHORITY]).output.decode()
        trust = ssl.create_default_context(cadata=authority)
        address = f"https://{server.get_container_host_ip()}:{server.get_exposed_port(443)}"
        # Browsers say the name; the address is the container's, wherever it is.
        transport = NamedLocalhost(verify=trust, trust_env=False)
        with httpx.Client(base_url=address, transport=transport, headers={"Host": "localhost"}) as client:
            yield Gateway(client, lambda: b"".join(server.get_logs()).decode())


class NamedLocalhost(httpx.HTTPTransport):
    """Connects to wherever the address leads and checks the certificate of localhost."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it."""
        request.extensions["sni_hostname"] = "localhost"
        return super().handle_request(request)
