"""Somebody in the system of the module, or accounts alone."""

from collections.abc import AsyncIterator

import httpx
import pytest

from devstack.inbox import InboxClient
from devstack.system import System
from tests.e2e.person import Person
from tests.integration.accounts.conftest import client, clock, parts, pool, unsealer, url, world

__all__ = ["client", "clock", "parts", "pool", "unsealer", "url", "world"]
"""Accounts alone, for those tests that need no more."""


@pytest.fixture
async def person(system: System) -> AsyncIterator[Person]:
    """A person who is not known yet."""
    async with (
        httpx.AsyncClient(base_url=system.public_url, trust_env=False) as client,
        InboxClient(system.inbox.url) as inbox,
    ):
        yield Person(client, inbox, "halina.wrobel@example.org", "cztery zielone rowery")
