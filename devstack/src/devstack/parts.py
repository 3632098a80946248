"""Which real parts the tests run on: given ones, containers, or those that devstack starts itself.

A part whose variable is set is used as it is. Else it is a container, if a Docker engine answers and has the image
already (nothing is pulled behind anybody's back), and always with PARTS=containers. Else it is started from the
packages in the environment. There is no fourth way: no part is ever replaced by a mock.

The SMTP server is always devstack's own inbox: the tests make it misbehave and ask it for its ledger. Where containers
can be had, a Mailpit stands beside it for the deliveries that it is to take as a relay in production would.

`python -m devstack.parts` tells which it would be.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from devstack import chromium, mailbox
from devstack.kafka import Kafka
from devstack.kafka_jars import kafka_version
from devstack.kafka_java import JavaMissingError, find_java
from devstack.postgres import Postgres
from devstack.postgres_databases import server_version
from devstack.postgres_program import PostgresMissingError, find_postgres
from shared.runtime.postgres import FAULTS

VARIABLE = "PARTS"
DOCKER_SOCKET = Path("/var/run/docker.sock")
Run = Callable[[Path], AbstractContextManager[str]]
"""Starts a part, with a folder for its data, and yields its address; stops it at the end."""


class Way(StrEnum):
    """Where a part comes from; the values that PARTS takes, and `given`."""

    GIVEN = "given"
    CONTAINER = "containers"
    EMBEDDED = "embedded"


class PartsError(ValueError):
    """PARTS has a value that it does not take."""


@dataclass(frozen=True)
class Part:
    """A server that the tests need: its name, the variable that gives its address, and its container image."""

    name: str
    variable: str
    image: str


@dataclass(frozen=True)
class Choice:
    """How a part will be had: one line about it, and what starts it."""

    description: str
    run: Run


POSTGRES = Part("PostgreSQL", "DZWONEK_TEST_POSTGRES", "postgres:18")
KAFKA = Part("Apache Kafka", "DZWONEK_TEST_KAFKA", "apache/kafka:latest")
MAILPIT_IMAGE = "axllent/mailpit:v1.27.11"


def way(part: Part, environment: Mapping[str, str], has_image: Callable[[str], bool]) -> Way:
    """Where the part will come from. Raises PartsError, which names the values that PARTS takes."""
    if environment.get(part.variable):
        return Way.GIVEN
    if asked := environment.get(VARIABLE):
        if asked not in {Way.CONTAINER, Way.EMBEDDED}:
            raise PartsError(f"{VARIABLE}={asked}: say {Way.CONTAINER}, {Way.EMBEDDED} or nothing")
        return Way(asked)
    return Way.CONTAINER if has_image(part.image) else Way.EMBEDDED


def choose_postgres(environment: Mapping[str, str], has_image: Callable[[str], bool]) -> Choice:
    """The PostgreSQL for the tests; its address is a superuser's URL."""
    match way(POSTGRES, environment, has_image):
        case Way.GIVEN:
            url = environment[POSTGRES.variable]
            return Choice(f"PostgreSQL {version_of(url)}, given: {without_password(url)}", partial(given, url))
        case Way.CONTAINER:
            return Choice(f"PostgreSQL, container {POSTGRES.image}", container_postgres)
        case Way.EMBEDDED:
            try:
                program = find_postgres()
            except PostgresMissingError as error:
                return Choice(f"PostgreSQL: {error}", embedded_postgres)
            return Choice(f"PostgreSQL {program.version}, {program.origin}", embedded_postgres)


def choose_kafka(environment: Mapping[str, str], has_image: Callable[[str], bool]) -> Choice:
    """The Kafka for the tests; its address is a bootstrap address."""
    match way(KAFKA, environment, has_image):
        case Way.GIVEN:
            bootstrap = environment[KAFKA.variable]
            return Choice(f"Apache Kafka, given: {bootstrap}", partial(given, bootstrap))
        case Way.CONTAINER:
            return Choice(f"Apache Kafka, container {KAFKA.image}", container_kafka)
        case Way.EMBEDDED:
            try:
                java = find_java()
            except JavaMissingError as error:
                return Choice(f"Apache Kafka: {error}", embedded_kafka)
            return Choice(f"Apache Kafka {kafka_version()} on Java {java.version}, {java.origin}", embedded_kafka)


@dataclass(frozen=True)
class Parts:
    """What the tests run on. `has_container` tells whether a container of an image may stand beside it."""

    postgres: Choice
    kafka: Choice
    has_container: Callable[[str], bool]

    def describe(self) -> list[str]:
        """One line for each part: what it is, its version, where it is or comes from."""
        browser = chromium.describe(chromium.find_chromium())
        inbox = mailbox.describe()
        if self.has_container(MAILPIT_IMAGE):
            inbox += f"; beside it Mailpit, container {MAILPIT_IMAGE}"
        return [self.postgres.description, self.kafka.description, inbox, browser]


def choose(environment: Mapping[str, str]) -> Parts:
    """The parts that this environment asks for and this machine has."""
    return Parts(
        choose_postgres(environment, has_image),
        choose_kafka(environment, has_image),
        partial(container_can_be, environment, has_image),
    )


def container_can_be(environment: Mapping[str, str], has_image: Callable[[str], bool], image: str) -> bool:
    """Whether a test may have a container that nothing takes the place of. With PARTS=containers it has to."""
    asked = environment.get(VARIABLE)
    return has_image(image) if not asked else asked == Way.CONTAINER


def has_image(image: str) -> bool:
    """Whether a Docker engine answers and has the image already."""
    if not (os.environ.get("DOCKER_HOST") or DOCKER_SOCKET.exists()):
        return False
    from devstack import containers  # noqa: PLC0415  (its client need not be there, and takes long to import)

    return containers.has_image(image)


@contextmanager
def given(address: str, _folder: Path) -> Iterator[str]:
    """A server that somebody else started and will stop."""
    yield address


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that does not wait for the disk, as no test cuts the power."""
    server = Postgres(folder, durable=False)
    asyncio.run(server.start())
    try:
        yield server.url()
    finally:
        asyncio.run(server.stop())


@contextmanager
def embedded_kafka(folder: Path) -> Iterator[str]:
    """A Kafka of one node."""
    server = Kafka(folder)
    asyncio.run(server.start())
    try:
        yield server.bootstrap
    finally:
        asyncio.run(server.stop())


def container_postgres(_folder: Path) -> AbstractContextManager[str]:
    """A PostgreSQL in a container."""
    from devstack import containers  # noqa: PLC0415  (as above)

    return containers.postgres(POSTGRES.image)


def container_kafka(_folder: Path) -> AbstractContextManager[str]:
    """A Kafka in a container."""
    from devstack import containers  # noqa: PLC0415  (as above)

    return containers.kafka(KAFKA.image)


def version_of(url: str) -> str:
    """The server's version, or why it cannot be told."""
    try:
        return asyncio.run(server_version(url))
    except FAULTS as error:
        return f"(not answering: {type(error).__name__})"


def without_password(url: str) -> str:
    """The address without who signs in and how."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}"


if __name__ == "__main__":
    print(*choose(os.environ).describe(), sep="\n")  # noqa: T201  (the command's output)
