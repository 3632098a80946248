"""The whole system, as the demo starts it, and the pages of accounts alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize
from tests.e2e.accounts_site import Site, serving

from devstack.system import System

PATIENCE = {
    "DZWONEK_SMTP_ENVELOPE_SECONDS": "3",
    "DZWONEK_SMTP_CONTENT_SECONDS": "4",
    "DZWONEK_LEASE_SECONDS": "12",
}
"""Shorter than in production: after a kill the mails of a sender are another's when its leases end."""

PHONE = ViewportSize(width=390, height=844)


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


@pytest.fixture
async def site(database: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[Site]:
    """The accounts service for a browser."""
    async with serving(database, tmp_path) as site:
        yield site


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A phone that runs no scripts."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context
    await context.close()
