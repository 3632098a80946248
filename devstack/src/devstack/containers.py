"""The parts as containers, where a Docker engine answers.

The reaper of testcontainers ends them when the process that started them is gone, however it went.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Self

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

ANSWER_SECONDS = 5
KAFKA_PORT = 9092
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
    """A PostgreSQL; yields its superuser's URL."""
    with PostgresContainer(
        image, username="postgres", dbname="postgres", password=secrets.token_urlsafe(24), driver=None
    ) as server:
        yield server.get_connection_url()


@contextmanager
def kafka(image: str) -> Iterator[str]:
    """A Kafka of one node; yields its bootstrap address."""
    with KafkaContainer(image) as server:
        yield server.bootstrap


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
