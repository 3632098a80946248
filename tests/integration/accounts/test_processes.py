"""The processes of accounts: what they wait for, what they need not, what their logs hold."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.sealing_keys import generate_keys
from tests.waiting import until

from devstack.ports import free_port
from devstack.process import Process
from shared.runtime.auth.signing_keys import generate_signing_keys
from shared.runtime.migrate import migrate

BODY = {
    "email": "anna.nowak@example.org",
    "password": "cztery zielone rowery",
    "age_bracket": "adult",
    "language": "pl",
}
SECONDS = 60
"""What a process may take on a machine that is busy with other tests."""


@pytest.fixture
async def url(database: Callable[..., Awaitable[str]]) -> str:
    """A database that nobody has migrated."""
    return await database("accounts")


def environment(url: str, folder: Path) -> dict[str, str]:
    generate_keys(folder / "private.json", folder / "public.json")
    generate_signing_keys(folder / "access-keys.json")
    (folder / "secret").write_text("known to this test alone, 32 bytes")
    port = free_port()
    return {
        "DZWONEK_DEMO": "true",
        "DZWONEK_DATABASE_URL": url,
        "DZWONEK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DZWONEK_PORT": str(port),
        "DZWONEK_SEALING_PUBLIC_KEY_FILE": str(folder / "public.json"),
        "DZWONEK_ACCOUNTS_SECRET_FILE": str(folder / "secret"),
        "DZWONEK_ACCESS_KEYS_FILE": str(folder / "access-keys.json"),
    }


@pytest.fixture
async def api(url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """The API, started; there is no Kafka for it."""
    settings = environment(url, tmp_path)
    process = Process("api", [sys.executable, "-m", "accounts", "api"], log=tmp_path / "api.log", env=settings)
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
async def client(api: Process) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.env["DZWONEK_PUBLIC_URL"], timeout=30) as client:
        yield client


async def readiness(client: httpx.AsyncClient) -> str:
    """What `/readyz` says; nothing while the process does not listen yet."""
    try:
        return (await client.get("/readyz")).text
    except httpx.TransportError:
        return ""


async def test_it_waits_visibly_for_its_tables_and_then_works_without_kafka(
    api: Process, client: httpx.AsyncClient, url: str
) -> None:
    async def waits() -> bool:
        return "accounts migrate" in await readiness(client)

    async def works() -> bool:
        return '"ok"' in await readiness(client)

    await until(waits, seconds=SECONDS)
    assert (await client.get("/livez")).status_code == 200
    early = await client.post("/api/v1/registrations", json=BODY)
    page = await client.post("/register?lang=en", data=BODY)
    for answer in (early, page):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert early.json()["code"] == "unavailable"
    assert "Not available right now" in page.text

    await migrate(url, ["accounts"])
    await until(works, seconds=SECONDS)
    assert (await client.post("/api/v1/registrations", json=BODY)).status_code == 202

    await api.stop()
    log = api.log.read_text()
    for secret in ("anna.nowak", "rowery", "known to this test"):
        assert secret not in log


async def test_cut_connections_cost_an_answer_at_most_and_never_half_a_registration(
    client: httpx.AsyncClient, url: str
) -> None:
    await migrate(url, ["accounts"])

    async def works() -> bool:
        return '"ok"' in await readiness(client)

    await until(works, seconds=SECONDS)
    connection = await asyncpg.connect(url)
    accepted = set()
    for number in range(10):
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'accounts-api' AND datname = current_database()"
        )
        for attempt in range(3):
            email = f"person{number}.{attempt}@example.org"
            answer = await client.post("/api/v1/registrations", json={**BODY, "email": email})
            if answer.status_code == 202:
                accepted.add(email)
            else:
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    stored = {row["email"] for row in await connection.fetch("SELECT email FROM accounts")}
    events = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()

    assert len(accepted) >= 10
    assert accepted <= stored
    assert events == len(stored)


async def test_a_worker_ends_registrations_that_ran_out_and_kafka_hears_of_it(
    url: str, kafka_bootstrap: str, kafka_prefix: str, tmp_path: Path
) -> None:
    await migrate(url, ["accounts"])
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, registered_at,"
        " expires_at) VALUES (gen_random_uuid(), 'a@example.org', 'a@example.org', '-', 'adult', 'pl',"
        " now() - interval '14 days', now())"
    )
    settings = {
        "DZWONEK_DATABASE_URL": url,
        "DZWONEK_KAFKA_BOOTSTRAP": kafka_bootstrap,
        "DZWONEK_KAFKA_PREFIX": kafka_prefix,
        "DZWONEK_PORT": str(free_port()),
    }
    worker = Process("worker", [sys.executable, "-m", "accounts", "worker"], log=tmp_path / "worker.log", env=settings)
    await worker.start()

    async def published() -> bool:
        return bool(await connection.fetchval("SELECT count(*) FROM outbox_archive"))

    try:
        await until(published, seconds=SECONDS)
        assert await connection.fetchval("SELECT count(*) FROM accounts") == 0
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{settings['DZWONEK_PORT']}/readyz")).status_code == 200
    finally:
        await worker.stop()
        await connection.close()
