"""The whole system, as the demo starts it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devstack.system import System

PATIENCE = {
    "DZWONEK_SMTP_ENVELOPE_SECONDS": "3",
    "DZWONEK_SMTP_CONTENT_SECONDS": "4",
    "DZWONEK_LEASE_SECONDS": "12",
}
"""Shorter than in production: after a kill the mails of a sender are another's when its leases end."""


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
    with running(System(tmp_path_factory.mktemp("system"), durable=False, settings=PATIENCE)) as system:
        yield system
