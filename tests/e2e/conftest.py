"""The whole system, as the demo starts it, and the pages of accounts alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize
from tests.e2e.accounts_site import Site, serving

from devstack.system import System

PHONE = ViewportSize(width=390, height=844)


@contextmanager
def running(system: System) -> Iterator[System]:
    """Runs it; its processes belong to no event loop."""
    try:
        asyncio.run(system.start())
        yield system
    finally:
        asyncio.run(system.stop())


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
