"""What the tests of devstack's own programs share."""

from collections.abc import AsyncIterator

import httpx
import pytest

from devstack.mailbox import Mailbox


@pytest.fixture
async def inbox_http(inbox_server: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the inbox over HTTP, in any way."""
    async with httpx.AsyncClient(base_url=inbox_server.url, trust_env=False) as client:
        yield client
