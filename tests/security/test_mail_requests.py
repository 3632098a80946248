"""Nobody has mails sent to a whole town, over all replicas, and a school behind one address is not in the way."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient, Response

from tests.integration.accounts.accounts_world import HOME, PASSWORD, SCHOOL, AccountsWorld, client_of

LIMIT = 10


@pytest.fixture
async def narrow(world: AccountsWorld) -> AsyncIterator[AsyncClient]:
    """Accounts with a low limit."""
    async with client_of(dataclasses.replace(world.parts, network_requests=LIMIT)) as client:
        yield client


def registration(number: int) -> dict[str, str]:
    return {"email": f"person{number}@example.org", "password": PASSWORD, "age_bracket": "adult", "language": "pl"}


async def ask(client: AsyncClient, number: int, network: str, path: str = "registrations/resend") -> Response:
    """Asks for a mail to one person of many."""
    email = {"email": f"person{number}@example.org"}
    headers = {"X-Forwarded-For": network}
    return await client.post(f"/api/v1/{path}", json=email, headers=headers)


async def test_all_that_is_mailed_to_strangers_counts_together(world: AccountsWorld, narrow: AsyncClient) -> None:
    answers = [
        await narrow.post("/api/v1/registrations", json=registration(number), headers={"X-Forwarded-For": HOME})
        for number in range(4)
    ]
    answers += [await ask(narrow, number, HOME) for number in range(4)]
    answers += [await ask(narrow, number, HOME, "password-resets") for number in range(3)]
    assert [answer.status_code for answer in answers] == [202] * LIMIT + [429]
    assert (answers[-1].json()["code"], answers[-1].headers["retry-after"]) == ("too_many_requests", "900")
    assert (await ask(narrow, 1, SCHOOL)).status_code == 202

    refused = await narrow.post("/api/v1/registrations", json=registration(9), headers={"X-Forwarded-For": HOME})
    assert refused.status_code == 429
    assert (await world.happened()).count("AccountRegistered") == 4


async def test_what_is_refused_does_not_make_the_wait_longer(world: AccountsWorld, narrow: AsyncClient) -> None:
    for number in range(LIMIT + 5):
        await ask(narrow, number, HOME)
    world.clock.forward(minutes=14, seconds=59)
    refused = await ask(narrow, 1, HOME)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    world.clock.forward(seconds=1)
    assert [(await ask(narrow, number, HOME)).status_code for number in range(LIMIT + 1)] == [202] * LIMIT + [429]


async def test_fifty_at_once_at_two_replicas_are_as_many_as_one_after_the_other(world: AccountsWorld) -> None:
    parts = dataclasses.replace(world.parts, network_requests=LIMIT)
    async with client_of(parts) as one, client_of(parts) as other:
        asked = (ask(other if number % 2 else one, number, HOME) for number in range(50))
        statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert statuses.count(202) == LIMIT
    assert statuses.count(429) == 40


@pytest.mark.parametrize("path", ["registrations", "registrations/resend"])
async def test_a_request_that_was_answered_gets_its_answer_again_when_the_network_has_to_wait(
    narrow: AsyncClient, path: str
) -> None:
    body = registration(1) if path == "registrations" else {"email": "person1@example.org"}
    headers = {"X-Forwarded-For": HOME, "Idempotency-Key": "k-1"}
    first = await narrow.post(f"/api/v1/{path}", json=body, headers=headers)
    for number in range(LIMIT):
        await ask(narrow, number, HOME)
    again = await narrow.post(f"/api/v1/{path}", json=body, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (202, first.content)

    other = await narrow.post(f"/api/v1/{path}", json={**body, "email": "jan@example.org"}, headers=headers)
    assert other.status_code == 422
    new = await narrow.post(f"/api/v1/{path}", json=body, headers={**headers, "Idempotency-Key": "k-2"})
    assert new.status_code == 429


async def test_a_form_with_a_mistake_does_not_count(narrow: AsyncClient) -> None:
    for _ in range(LIMIT + 1):
        await narrow.post("/api/v1/registrations", json={"email": "no address"}, headers={"X-Forwarded-For": HOME})
    assert (await ask(narrow, 1, HOME)).status_code == 202


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Please try again in 15 minutes"), ("pl", "Spróbuj ponownie za 15 minut"), ("uk", "за 15 хвилин")],
)
@pytest.mark.parametrize("path", ["/register", "/register/resend", "/password/forgotten"])
async def test_the_pages_say_how_long_to_wait(narrow: AsyncClient, path: str, language: str, said: str) -> None:
    for number in range(LIMIT):
        await ask(narrow, number, HOME)
    headers = {"X-Forwarded-For": HOME, "Origin": str(narrow.base_url).rstrip("/")}
    answer = await narrow.post(f"{path}?lang={language}", data=registration(99), headers=headers)
    assert answer.status_code == 429
    assert said in answer.text
    assert "<form" not in answer.text
