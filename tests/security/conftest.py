"""Somebody in the system of the module."""

from collections.abc import AsyncIterator

import httpx
import pytest

from devstack.inbox import InboxClient
from devstack.system import System
from tests.e2e.person import Person


@pytest.fixture
async def person(system: System) -> AsyncIterator[Person]:
    """A person who is not known yet."""
    async with (
        httpx.AsyncClient(base_url=system.public_url, trust_env=False) as client,
        InboxClient(system.inbox.url) as inbox,
    ):
        yield Person(client, inbox, "halina.wrobel@example.org", "cztery zielone rowery")
