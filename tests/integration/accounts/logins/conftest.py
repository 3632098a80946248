"""A small district whose people have no logins yet."""

from collections.abc import AsyncIterator, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from tests.integration.accounts.rosters.export import small_export
from tests.integration.accounts.rosters.importing import Imports

from accounts.handlers.handing_out import Round, Slip, hand_out
from accounts.handlers.parts import Parts
from accounts.store import school_logins as store
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


@pytest.fixture
async def slips(connection: Connection, parts: Parts) -> Mapping[str, Slip]:
    """What the people of class 3b were given, each by name; of those who have two, the first."""
    [school] = await store.schools_named(connection, "Szkoła nr 1", None)
    [(class_id, _)] = await store.classes_named(connection, school.school_id, "3b")
    printed: list[Slip] = []
    round_ = Round(school, class_id)
    over = partial(nullcontext, connection)
    await hand_out(over, parts.hasher, round_, clock=parts.clock, printing=printed.extend)
    return {slip.person: slip for slip in reversed(printed)}
