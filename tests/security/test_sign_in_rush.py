"""Eight o'clock on the first day of school: many sign in at once, and everybody else is answered all the same."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx
import pytest

from accounts.passwords import PasswordHasher
from devstack.module_process import ModuleProcess
from shared.runtime.events import new_id
from shared.runtime.migrate import migrate
from tests.integration.accounts.test_processes import environment, readiness
from tests.waiting import until

PEOPLE = 1000
PASSWORD = "cztery zielone rowery"
PER_SECOND = 50
SECONDS = 30
ANSWERED_SOON = 2.0
"""Seconds in which half of the others have to be answered, on a machine that hashes with all its cores."""


@pytest.fixture
async def client(database: Callable[..., Awaitable[str]], tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The API as a process, and a thousand people with accounts."""
    url = await database("accounts")
    await migrate(url, ["accounts"])
    await add_people(url)
    env = {**environment(url, tmp_path), "DZWONEK_NETWORK_REQUESTS": "1000000"}
    process = ModuleProcess("api", "accounts", ["api"], log=tmp_path / "api.log", env=env)
    await process.start()
    # Everybody comes with a connection of their own, as people do; a kept one could be closed while others are served.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=env["DZWONEK_PUBLIC_URL"], timeout=60, limits=limits) as client:

        async def ready() -> bool:
            return '"ok"' in await readiness(client)

        await until(ready, seconds=60)
        yield client
    await process.stop()


async def add_people(url: str) -> None:
    hasher = PasswordHasher(threads=1, queue_length=0)
    password_hash = await hasher.hash(PASSWORD)
    hasher.close()
    connection = await asyncpg.connect(url)
    await connection.executemany(
        "INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, state,"
        " registered_at, expires_at, activated_at, terms_version)"
        " VALUES ($1, $2, $2, $3, 'adult', 'pl', 'active', now(), now(), now(), '2026-09-01')",
        [(new_id(), address(number), password_hash) for number in range(PEOPLE)],
    )
    await connection.close()


def address(number: int) -> str:
    return f"person{number}@example.org"


async def sign_in(client: httpx.AsyncClient, number: int) -> httpx.Response:
    """Signs in from the school's one address."""
    body = {"email": address(number % PEOPLE), "password": PASSWORD}
    return await client.post("/api/v1/sessions", json=body, headers={"X-Forwarded-For": "198.51.100.7"})


def check(answers: list[httpx.Response]) -> Counter[int]:
    """Everybody is in, or told when to come again; nobody is taken for a guesser."""
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 503}, statuses
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 503)
    return statuses


@pytest.mark.timeout(180)
async def test_a_thousand_at_once_are_let_in_or_told_when_to_come_again(client: httpx.AsyncClient) -> None:
    statuses = check(list(await asyncio.gather(*(sign_in(client, number) for number in range(PEOPLE)))))
    assert statuses[201] >= 100
    again = check([await sign_in(client, number) for number in range(5)])
    assert again[201] == 5


async def rush(client: httpx.AsyncClient) -> list[httpx.Response]:
    """So many sign-ins a second, whatever becomes of those before."""
    began = time.perf_counter()
    under_way: list[asyncio.Task[httpx.Response]] = []
    while len(under_way) < PER_SECOND * SECONDS:
        due = int((time.perf_counter() - began) * PER_SECOND) + 1
        under_way += [asyncio.create_task(sign_in(client, number)) for number in range(len(under_way), due)]
        await asyncio.sleep(0.02)
    return list(await asyncio.gather(*under_way))


@pytest.mark.timeout(240)
async def test_others_are_answered_during_half_a_minute_of_fifty_sign_ins_a_second(client: httpx.AsyncClient) -> None:
    token = (await sign_in(client, 0)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    rushing = asyncio.create_task(rush(client))
    looks, registrations = [], []
    while not rushing.done():
        started = time.perf_counter()
        assert (await client.get("/api/v1/me", headers=bearer)).status_code == 200
        looks.append(time.perf_counter() - started)
        body = {"email": f"new{len(looks)}@example.org", "password": PASSWORD, "age_bracket": "adult", "language": "pl"}
        registrations.append((await client.post("/api/v1/registrations", json=body)).status_code)
        await asyncio.sleep(0.1)

    statuses = check(await rushing)
    assert statuses[201] >= PER_SECOND * SECONDS / 4, statuses
    assert statistics.median(looks) < ANSWERED_SOON, statistics.quantiles(looks)
    assert set(registrations) <= {202, 503}
    assert registrations.count(202) >= len(registrations) / 2, Counter(registrations)
