"""The API answers as its document says, whatever is sent."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
import schemathesis
from tests.databases import Databases
from tests.integration.accounts.accounts_world import SCHOOL
from tests.integration.accounts.test_processes import environment
from tests.openapi import check, gently, wait_for

from accounts.bootstrap.api import build_app
from accounts.http.openapi import describe
from accounts.passwords import PasswordHasher
from devstack.module_process import ModuleProcess
from shared.runtime.events import new_id
from shared.runtime.health import Health

OWNER = "zofia.lis@example.org"
OWNERS_PASSWORD = "osiem szarych myszy"
"""Not that of the document's examples, which would change it."""
schema = schemathesis.openapi.from_dict(describe(build_app(Health(), origin="")))


@pytest.fixture(scope="module")
def address(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API as a process, and an active account in its database."""
    folder = tmp_path_factory.mktemp("api")
    url = asyncio.run(databases.create("accounts", ["accounts"]))
    asyncio.run(add_account(url))
    env = {**environment(url, folder), "DZWONEK_NETWORK_REQUESTS": "1000000", "DZWONEK_NETWORK_FAILURES": "1000000"}
    process = ModuleProcess("api", "accounts", ["api"], log=folder / "api.log", env=env)
    asyncio.run(process.start())
    wait_for(env["DZWONEK_PUBLIC_URL"])
    yield env["DZWONEK_PUBLIC_URL"]
    asyncio.run(process.stop())
    assert "unexpected_error" not in (folder / "api.log").read_text()


async def add_account(url: str) -> None:
    hasher = PasswordHasher(threads=1, queue_length=0)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, state,"
        " registered_at, expires_at, activated_at, terms_version)"
        " VALUES ($1, $2, $2, $3, 'adult', 'pl', 'active', now(), now(), now(), '2026-09-01')",
        new_id(),
        OWNER,
        await hasher.hash(OWNERS_PASSWORD),
    )
    await connection.close()
    hasher.close()


@pytest.fixture
def bearer(address: str) -> dict[str, str]:
    """Somebody who has just signed in, elsewhere than where the document's examples are tried."""
    headers = {"X-Forwarded-For": SCHOOL}
    answer = httpx.post(
        f"{address}/api/v1/sessions", json={"email": OWNER, "password": OWNERS_PASSWORD}, headers=headers
    )
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@schema.parametrize()
@gently
def test_every_operation_answers_as_its_document_says(
    case: schemathesis.Case[Any], address: str, bearer: dict[str, str]
) -> None:
    check(case, address, bearer)
