"""The real parts that tests run on, started when the first test asks, ended with the session.

No part is bound to an event loop, so that each test has a loop of its own: the servers are started and stopped here
from synchronous fixtures. They die with this process, also when it is killed.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from playwright.async_api import Browser, async_playwright

from devstack import chromium
from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox
from devstack.parts import MAILPIT_IMAGE, Parts, choose
from tests.databases import Databases

if TYPE_CHECKING:
    from devstack.containers import Mailpit

CI = os.environ.get("CI", "").lower() == "true"

parts = pytest.StashKey[Parts]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[parts] = choose(os.environ)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return config.stash[parts].describe()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the parts keep their data in this session."""
    folder = tmp_path_factory.mktemp("parts")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path, pytestconfig: pytest.Config) -> Iterator[str]:
    """A PostgreSQL server: its superuser's URL."""
    with pytestconfig.stash[parts].postgres.run(run_folder / "postgres") as url:
        yield url


@pytest.fixture(scope="session")
def kafka_server(run_folder: Path, pytestconfig: pytest.Config) -> Iterator[str]:
    """A Kafka server: its bootstrap address."""
    with pytestconfig.stash[parts].kafka.run(run_folder / "kafka") as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def databases(postgres_server: str) -> Iterator[Databases]:
    """The session's databases and the templates they are copied from."""
    databases = Databases(postgres_server)
    yield databases
    asyncio.run(databases.close())


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Makes a fresh database with a role of its own: `await database("accounts", packages=["accounts"])` is its URL.

    With `packages=None` it is empty; else it has the runtime's tables and those of the packages.
    """

    async def create(name: str, packages: Sequence[str] | None = None) -> str:
        return await databases.create(name, packages)

    yield create
    await databases.drop_all()


@pytest.fixture
def kafka_bootstrap(kafka_server: str) -> str:
    """Where to reach Kafka."""
    return kafka_server


@pytest.fixture
async def kafka_prefix(kafka_server: str) -> AsyncIterator[str]:
    """Stands before the names of this test's topics and groups, and of nobody else's; its topics go with the test."""
    prefix = f"t-{secrets.token_hex(6)}."
    yield prefix
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server)
    await admin.start()
    try:
        if mine := [topic for topic in await admin.list_topics() if topic.startswith(prefix)]:
            await admin.delete_topics(mine)
    finally:
        await admin.close()


@contextmanager
def running(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Runs it."""
    asyncio.run(mailbox.start())
    try:
        yield mailbox
    finally:
        asyncio.run(mailbox.stop())


@pytest.fixture(scope="session")
def inbox_server(run_folder: Path) -> Iterator[Mailbox]:
    """An SMTP server that keeps every mail."""
    with running(Mailbox(run_folder / "inbox")) as mailbox:
        yield mailbox


@pytest.fixture
async def inbox(inbox_server: Mailbox) -> AsyncIterator[InboxClient]:
    """Asks the SMTP server what has arrived. It is empty and well-behaved when a test begins; its ledger is not."""
    async with InboxClient(inbox_server.url) as client:
        await client.clear()
        await client.behave([])
        yield client


@pytest.fixture(scope="session")
def container(pytestconfig: pytest.Config) -> Callable[[str], str]:
    """An image that a container may be made of. Where none may, the test that asks is skipped."""

    def of(image: str) -> str:
        if not pytestconfig.stash[parts].has_container(image):
            pytest.skip(f"{image} runs as a container alone: give PARTS=containers where a Docker engine answers")
        return image

    return of


@pytest.fixture(scope="session")
def mailpit(run_folder: Path, container: Callable[[str], str]) -> "Iterator[Mailpit]":
    """A Mailpit as strict as a relay in production."""
    image = container(MAILPIT_IMAGE)
    from devstack import containers  # noqa: PLC0415 - its client takes long to import

    with containers.mailpit(image, run_folder / "mailpit") as server:
        yield server


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The installed Chromium. Without one the test is skipped, but never under CI=true."""
    found = chromium.find_chromium()
    if found is None:
        say = pytest.fail if CI else pytest.skip
        say(chromium.describe(found))
    assert found is not None
    return found


@pytest.fixture
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    """A Chromium of this test's own."""
    async with async_playwright() as playwright:
        # Chromium's own sandbox does not work for root; only pages of ours are opened.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield browser
        await browser.close()
