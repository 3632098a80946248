"""Migrations run once, in order, and never change after they ran."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from shared.runtime.migrate import RUNTIME, MigrationError, migrate, migrations_of, pending

PACKAGE = "example_register"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / PACKAGE / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").touch()
    (folder / "0001_pupils.sql").write_text("CREATE TABLE pupils (id int);")
    (folder / "0002_names.sql").write_text("ALTER TABLE pupils ADD COLUMN class text;")
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop(PACKAGE, None)
    return folder


@pytest.fixture
async def empty(database: Callable[..., Awaitable[str]]) -> str:
    return await database("empty")


async def test_several_processes_at_once_apply_each_migration_once(empty: str, package: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty, [PACKAGE]) for _ in range(4)))
    runtime = [migration.name for migration in migrations_of(RUNTIME)]
    assert sorted(applied) == [[], [], [], [*runtime, "0001_pupils.sql", "0002_names.sql"]]


async def test_what_is_pending_is_known(empty: str, package: Path) -> None:
    connection = await asyncpg.connect(empty)
    assert "0002_names.sql" in await pending(connection, [PACKAGE])
    await migrate(empty, [PACKAGE])
    assert await pending(connection, [PACKAGE]) == []
    await connection.close()


async def test_a_migration_that_changed_after_it_ran_is_refused(empty: str, package: Path) -> None:
    await migrate(empty, [PACKAGE])
    (package / "0001_pupils.sql").write_text("CREATE TABLE pupils (id bigint);")
    with pytest.raises(MigrationError, match=r"0001_pupils.sql has changed since it ran: put it back"):
        await migrate(empty, [PACKAGE])


async def test_a_migration_that_fails_leaves_nothing_behind(empty: str, package: Path) -> None:
    (package / "0003_half.sql").write_text("CREATE TABLE half (id int); SELECT 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, [PACKAGE])
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("SELECT to_regclass('half')") is None
    assert await pending(connection, [PACKAGE]) == ["0003_half.sql"]
    await connection.close()


@pytest.mark.parametrize("name", ["3_short.sql", "0001_again.sql", "0003_Upper.sql"])
async def test_a_misnamed_migration_is_refused(name: str, empty: str, package: Path) -> None:
    (package / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError):
        await migrate(empty, [PACKAGE])
