"""A database with the roster's projection."""

from collections.abc import Awaitable, Callable

import pytest

from shared.runtime.roster import PACKAGE


@pytest.fixture
async def url(database: Callable[..., Awaitable[str]]) -> str:
    return await database("runtime", packages=[PACKAGE])
