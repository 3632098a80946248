"""What the tests of imports stand on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.accounts.rosters.importing import Imports

from shared.runtime.postgres import Connection, connect


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    """A connection to a migrated database of accounts."""
    connection = await connect(url, application="tests")
    yield connection
    await connection.close()


@pytest.fixture
def imports(connection: Connection, tmp_path: Path) -> Imports:
    """Gives exports to the import, and tells what came of it."""
    return Imports(connection, tmp_path)
