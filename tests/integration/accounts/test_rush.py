"""A rush of registrations: what cannot be hashed is refused at once, and the process stays answerable."""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from tests.integration.accounts.accounts_world import AccountsWorld, client_of

from accounts.handlers.parts import Parts
from accounts.passwords import PasswordHasher


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    """Speaks to a service that hashes in one thread and lets two wait."""
    hasher = PasswordHasher(threads=1, queue_length=2)
    async with client_of(dataclasses.replace(parts, hasher=hasher)) as client:
        yield client
    hasher.close()


async def test_a_full_queue_answers_503_with_retry_after_and_registers_nobody(world: AccountsWorld) -> None:
    answers = await asyncio.gather(*(world.register(f"person{number}@example.org") for number in range(30)))

    busy = [answer for answer in answers if answer.status_code == 503]
    accepted = [answer for answer in answers if answer.status_code == 202]
    assert len(busy) + len(accepted) == 30
    assert len(accepted) >= 3
    assert busy
    for answer in busy:
        assert answer.json()["code"] == "busy"
        assert int(answer.headers["retry-after"]) >= 1
    assert len(await world.rows("accounts")) == len(accepted)


async def test_health_and_activation_answer_during_the_rush(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    rush = [asyncio.ensure_future(world.register(f"person{number}@example.org")) for number in range(30)]
    await asyncio.sleep(0)

    started = time.perf_counter()
    assert (await world.client.get("/livez")).status_code == 200
    assert (await world.activate(token)).status_code == 200
    assert time.perf_counter() - started < 2

    await asyncio.gather(*rush)


async def test_the_form_shows_a_page_that_says_so(world: AccountsWorld) -> None:
    form = {"password": "cztery zielone rowery", "age_bracket": "adult", "language": "pl"}
    answers = await asyncio.gather(
        *(world.client.post("/register?lang=en", data={**form, "email": f"p{n}@example.org"}) for n in range(30))
    )

    busy = [answer for answer in answers if answer.status_code == 503]
    assert busy
    assert "Many people are here right now" in busy[0].text
    assert int(busy[0].headers["retry-after"]) >= 1
