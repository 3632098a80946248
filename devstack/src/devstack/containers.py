"""The parts as containers, where a Docker engine answers.

The reaper of testcontainers ends them when the process that started them is gone, however it went.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import docker
import trustme
from docker.errors import DockerException, ImageNotFound
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from devstack.postgres import NOT_DURABLE, SHARED_SETTINGS

ANSWER_SECONDS = 5
KAFKA_PORT = 9092
SMTP_PORT, MAILPIT_PORT = 1025, 8025
SERVICE_NAMES = ("accounts-api", "grades-api")
KAFKA_START = "/tmp/start.sh"  # noqa: S108  (inside the container)
KAFKA_SETTINGS = {
    "NODE_ID": "1",
    "PROCESS_ROLES": "broker,controller",
    "LISTENERS": f"PLAINTEXT://:{KAFKA_PORT},BROKER://:9094,CONTROLLER://:9093",
    "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "INTER_BROKER_LISTENER_NAME": "BROKER",
    "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "AUTO_CREATE_TOPICS_ENABLE": "false",
    "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "OFFSETS_TOPIC_NUM_PARTITIONS": "1",
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
    "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
}


@cache
def has_image(image: str) -> bool:
    """Whether a Docker engine answers and has the image already."""
    try:
        engine = docker.from_env(timeout=ANSWER_SECONDS)
    except DockerException:
        return False
    try:
        engine.images.get(image)
    except (DockerException, ImageNotFound, OSError):
        return False
    else:
        return True
    finally:
        engine.close()


@contextmanager
def postgres(image: str) -> Iterator[str]:
    """A PostgreSQL that does not wait for the disk and sorts as the others do; yields its superuser's URL."""
    container = PostgresContainer(
        image, username="postgres", dbname="postgres", password=secrets.token_urlsafe(24), driver=None
    )
    container.with_env("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C.UTF-8")
    settings = {**SHARED_SETTINGS, **NOT_DURABLE}
    with container.with_command(["postgres", *(f"--{name}={value}" for name, value in settings.items())]) as server:
        yield server.get_connection_url()


@contextmanager
def kafka(image: str) -> Iterator[str]:
    """A Kafka of one node; yields its bootstrap address."""
    with KafkaContainer(image) as server:
        yield server.bootstrap


@contextmanager
def gateway(image: str, folder: Path, upstream: str, service: Path) -> Iterator[DockerContainer]:
    """A Caddy with the configuration in `folder`, before every service, each of which is the program `service`.

    `upstream` is the image that runs it, with Python. Answers to `https://localhost` on its port 443.
    """
    with Network() as network:
        behind = DockerContainer(upstream).with_network(network).with_network_aliases(*SERVICE_NAMES)
        behind.with_volume_mapping(service, "/service.py").with_command(["python", "/service.py"])
        before = DockerContainer(image).with_network(network).with_env("DZWONEK_PUBLIC_URL", "https://localhost")
        before.with_volume_mapping(folder, "/etc/caddy").with_exposed_ports(443)
        before.waiting_for(LogMessageWaitStrategy("certificate obtained successfully"))
        with behind, before:
            yield before


@dataclass(frozen=True)
class Mailpit:
    """A Mailpit that takes mails over STARTTLS, from who knows the password, and shows them."""

    host: str
    smtp_port: int
    url: str
    user: str
    password: str = field(repr=False)
    authority: Path
    """The certificates to trust, in PEM."""


@contextmanager
def mailpit(image: str, folder: Path) -> Iterator[Mailpit]:
    """A Mailpit as strict as a relay in production. `folder` takes its certificate."""
    container, user, password = DockerContainer(image), "dzwonek", secrets.token_urlsafe(24)
    authority, certificate = folder / "authority.pem", folder / "mailpit.pem"
    folder.mkdir(parents=True)
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    issuer.issue_cert(*_possible_hosts()).private_key_and_cert_chain_pem.write_to_path(certificate)
    container.with_volume_mapping(certificate, "/mailpit.pem").with_exposed_ports(SMTP_PORT, MAILPIT_PORT)
    settings = {
        "SMTP_TLS_CERT": "/mailpit.pem",
        "SMTP_TLS_KEY": "/mailpit.pem",
        "SMTP_REQUIRE_STARTTLS": "true",
        "SMTP_AUTH": f"{user}:{password}",
        "SMTP_DISABLE_RDNS": "true",
        "DISABLE_VERSION_CHECK": "true",
    }
    for name, value in settings.items():
        container.with_env(f"MP_{name}", value)
    with container.waiting_for(LogMessageWaitStrategy("accessible via")) as server:
        port, page = server.get_exposed_port(SMTP_PORT), server.get_exposed_port(MAILPIT_PORT)
        host = server.get_container_host_ip()
        yield Mailpit(host, port, f"http://{host}:{page}", user, password, authority)


def _possible_hosts() -> set[str]:
    """Where a container may be reached: which of them it is, is known only once it runs, too late for a certificate."""
    engine = DockerClient()
    networks = [network.attrs.get("IPAM") or {} for network in engine.client.networks.list()]
    gateways = {place["Gateway"] for network in networks for place in network.get("Config") or () if "Gateway" in place}
    return {engine.host(), *gateways}


class KafkaContainer(DockerContainer):
    """Apache Kafka's own image, one KRaft node.

    The address that clients are told is known only once the container runs, so its command waits for a script that is
    copied in then and starts Kafka.
    """

    def __init__(self, image: str, **options: Any) -> None:  # noqa: ANN401  (what the base class takes)
        super().__init__(image, **options)
        self.with_exposed_ports(KAFKA_PORT)
        self.with_command(["bash", "-c", f"until [[ -s {KAFKA_START} ]]; do sleep 0.1; done; . {KAFKA_START}"])
        for name, value in KAFKA_SETTINGS.items():
            self.with_env(f"KAFKA_{name}", value)

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(KAFKA_PORT)}"

    def start(self) -> Self:
        """Starts it and returns once it serves."""
        super().start()
        advertised = f"PLAINTEXT://{self.bootstrap},BROKER://localhost:9094"
        script = f"export KAFKA_ADVERTISED_LISTENERS={advertised}\nexec /etc/kafka/docker/run\n"
        self.copy_into_container(script.encode(), KAFKA_START)
        LogMessageWaitStrategy("Kafka Server started").wait_until_ready(self)
        return self
