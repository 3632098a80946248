"""A small district whose people have no logins yet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.accounts.rosters.export import small_export
from tests.integration.accounts.rosters.importing import Imports

from shared.runtime.postgres import Connection, connect


@pytest.fixture
async def connection(url: str, tmp_path: Path) -> AsyncIterator[Connection]:
    """A connection to a database of accounts that the district was imported into."""
    connection = await connect(url, application="tests")
    folder = tmp_path / "exports"
    folder.mkdir()
    report = await Imports(connection, folder).run(small_export())
    assert not report.findings.faults
    yield connection
    await connection.close()
