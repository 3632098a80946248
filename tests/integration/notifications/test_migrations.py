"""The schema that the migrations make, and the statements that stand on it."""

from pathlib import Path

import asyncpg
import pytest

import notifications
from shared.runtime.migrate import migrate
from shared.runtime.postgres import Pool
from shared.runtime.sql import load_queries

SOURCES = Path(notifications.__file__).parents[1]
STATEMENTS = [
    pytest.param(sql, id=f"{file.relative_to(SOURCES)}: {name}")
    for file in sorted(SOURCES.rglob("*.sql"))
    if file.parent.name != "migrations"
    for name, sql in load_queries(".".join(file.relative_to(SOURCES).parent.parts), file.name).items()
]


@pytest.mark.parametrize("sql", STATEMENTS)
async def test_every_statement_prepares(pool: Pool, sql: str) -> None:
    async with pool.acquire() as connection:
        await connection.prepare(sql)


async def test_migrating_again_changes_nothing(url: str) -> None:
    assert await migrate(url, ["notifications"]) == []


async def test_an_insert_finds_a_partition_on_any_day(pool: Pool) -> None:
    for day in ("2020-02-29", "2099-12-31"):
        await pool.execute(
            "INSERT INTO mails (mail_id, created_on, account_id, lane, kind, thread_id, created_at)"
            " VALUES (gen_random_uuid(), $1::text::date, gen_random_uuid(), 'bulk', 'welcome', 't', now())",
            day,
        )
    assert await pool.fetchval("SELECT count(*) FROM mails_default") == 2


@pytest.mark.parametrize(
    ("state", "language", "address"),
    [
        pytest.param("gone", "pl", "ola@example.org", id="gone with an address"),
        pytest.param("active", "pl", None, id="active without one"),
        pytest.param("pending", None, "ola@example.org", id="pending without a language"),
    ],
)
async def test_a_contact_that_makes_no_sense_is_refused(
    pool: Pool, state: str, language: str | None, address: str | None
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "INSERT INTO contacts (account_id, version, updated_at, state, language, address, domain)"
            " VALUES (gen_random_uuid(), 1, now(), $1, $2, $3, split_part($3, '@', 2))",
            state,
            language,
            address,
        )
