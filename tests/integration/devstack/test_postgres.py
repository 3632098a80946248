"""The embedded PostgreSQL: real, durable, nobody else's, and gone with its parent."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from tests.integration.devstack.proc import command_of, ended, files_with, parent, user_of
from tests.waiting import until

from devstack.postgres import Postgres
from devstack.postgres_databases import create_database, create_role, new_role
from devstack.postgres_program import find_postgres


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Postgres]:
    server = Postgres(tmp_path / "server")
    await server.start()
    yield server
    await server.stop()


async def test_it_waits_for_the_disk(server: Postgres) -> None:
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        assert await ask(server.url(), f"SHOW {setting}") == "on"


async def test_what_was_committed_is_there_after_a_kill(server: Postgres) -> None:
    await run(server.url(), "CREATE TABLE pupil (name text); INSERT INTO pupil VALUES ('Ala')")
    await server.kill()
    with pytest.raises(ConnectionRefusedError):
        await ask(server.url(), "SELECT 1")
    await server.start()
    assert await ask(server.url(), "SELECT name FROM pupil") == "Ala"


async def test_what_was_committed_is_there_after_a_kill_without_waiting_for_the_disk(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "server", durable=False)
    await server.start()
    await run(server.url(), "CREATE TABLE pupil (name text); INSERT INTO pupil VALUES ('Ala')")
    await server.kill()
    await server.start()
    assert await ask(server.url(), "SELECT name FROM pupil") == "Ala"
    await server.stop()


async def test_it_comes_back_at_the_same_address(server: Postgres) -> None:
    address = server.url()
    await server.restart()
    assert server.url() == address
    assert await ask(address, "SELECT 1") == 1


async def test_open_sessions_do_not_hold_up_its_stop(server: Postgres) -> None:
    session = await asyncpg.connect(server.url())
    async with asyncio.timeout(5):
        await server.stop()
    session.terminate()


async def test_two_run_side_by_side(server: Postgres, tmp_path: Path) -> None:
    other = Postgres(tmp_path / "other")
    await other.start()
    await run(server.url(), "CREATE TABLE here (n int)")
    assert await ask(other.url(), "SELECT to_regclass('here')") is None
    await other.stop()


async def test_a_wrong_password_is_refused(server: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url(), password="wrong")


async def test_the_password_is_in_no_file_and_no_command(server: Postgres) -> None:
    password = server.url().split(":")[2].partition("@")[0]
    assert len(password) >= 32
    assert password not in command_of(server.process.pid)
    assert files_with(password, server.folder) == []


async def test_a_service_has_its_own_database_and_no_right_beyond(server: Postgres) -> None:
    accounts, grades = new_role("accounts"), new_role("grades")
    await create_role(server.url(), accounts)
    await create_role(server.url(), grades)
    url = await create_database(server.url(), "accounts", owner=accounts)
    foreign = await create_database(server.url(), "grades", owner=grades)

    await run(url, "CREATE TABLE account (id int)")
    assert await ask(url, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user") is False
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(foreign, user=accounts.name, password=accounts.password)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(url, "COPY account FROM PROGRAM 'id'")


async def test_letters_beyond_ascii_have_an_upper_and_a_lower_case(server: Postgres) -> None:
    assert await ask(server.url(), "SELECT lower('ŻÓŁW ЇЖАК')") == "żółw їжак"


async def test_values_of_rows_stay_out_of_its_log(server: Postgres) -> None:
    await run(server.url(), "CREATE TABLE pupil (name text UNIQUE); INSERT INTO pupil VALUES ('Skryta')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await run(server.url(), "INSERT INTO pupil VALUES ('Skryta')")
    log = server.process.log.read_text()
    assert "pupil_name_key" in log
    assert "Skryta" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
async def test_root_starts_it_from_folders_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "server")
    await server.start()
    assert user_of(server.process.pid) != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    await server.stop()


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    program = f"""
        import asyncio, pathlib, time
        from devstack.postgres import Postgres
        server = Postgres(pathlib.Path({str(tmp_path)!r}))
        asyncio.run(server.start())
        print(*server.process.tree(), flush=True)
        time.sleep(300)
    """
    with parent(program) as processes:
        assert len(processes) > 3

    async def all_gone() -> bool:
        return all(ended(pid) for pid in processes)

    await until(all_gone)
    assert files_with("database system is shut down", tmp_path) == [tmp_path / "postgres.log"]


def test_the_wheel_comes_before_the_system() -> None:
    assert find_postgres().origin.startswith("wheel")


async def run(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
