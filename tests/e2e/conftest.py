"""The whole system, as the demo starts it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devstack.system import System


@contextmanager
def running(system: System) -> Iterator[System]:
    """Runs it; its processes belong to no event loop."""
    try:
        asyncio.run(system.start())
        yield system
    finally:
        asyncio.run(system.stop())


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of this module's own."""
    with running(System(tmp_path_factory.mktemp("system"), durable=False)) as system:
        yield system
