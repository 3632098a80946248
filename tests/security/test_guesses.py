"""Guessing is slow for a stranger and locks nobody out, over all replicas."""

import asyncio
import dataclasses

from tests.integration.accounts.accounts_world import (
    ADDRESS,
    HOME,
    OTHER_PASSWORD,
    PASSWORD,
    SCHOOL,
    AccountsWorld,
    client_of,
)
from tests.integration.accounts.browser import Browser

ELSEWHERE = "203.0.113.9"
OF_BROWSERS = "127.0.0.1"
"""The network that the tests' browsers call from."""


async def guess(world: AccountsWorld, times: int, *, network: str = ELSEWHERE) -> list[int]:
    return [(await world.sign_in(password=OTHER_PASSWORD, network=network)).status_code for _ in range(times)]


async def test_five_guesses_are_free_and_then_each_waits_longer(world: AccountsWorld) -> None:
    await world.active_account()
    assert await guess(world, 6) == [401] * 5 + [429]
    blocked = await world.sign_in(network=ELSEWHERE)
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")
    assert blocked.headers["retry-after"] == "900"

    for minutes in (15, 30, 60, 60):
        world.clock.forward(minutes=minutes, seconds=-1)
        assert await guess(world, 1) == [429]
        world.clock.forward(seconds=1)
        assert await guess(world, 2) == [401, 429]


async def test_an_unknown_address_is_limited_in_the_same_way(world: AccountsWorld) -> None:
    answers = [await world.sign_in("nobody@example.org", network=ELSEWHERE) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "900"


async def test_a_stranger_elsewhere_locks_nobody_out(world: AccountsWorld) -> None:
    await world.active_account()
    await guess(world, 7)
    assert (await world.sign_in(network=HOME)).status_code == 201


async def test_a_stranger_in_the_same_network_does_not_lock_out_a_device_that_is_known(world: AccountsWorld) -> None:
    await world.active_account()
    anna = Browser(world.client)
    await anna.sign_in()
    assert (await guess(world, 6, network=OF_BROWSERS))[-1] == 429

    assert (await anna.sign_in()).status_code == 303
    assert (await world.sign_in(network=OF_BROWSERS)).status_code == 429


async def test_an_invented_device_cookie_is_no_way_round(world: AccountsWorld) -> None:
    await world.active_account()
    statuses = []
    for number in range(7):
        headers = {"Cookie": f"__Host-device=invented-{number}", "X-Forwarded-For": ELSEWHERE}
        body = {"email": ADDRESS, "password": OTHER_PASSWORD}
        statuses.append((await world.client.post("/api/v1/sessions", json=body, headers=headers)).status_code)
    assert statuses == [401] * 5 + [429] * 2


async def test_signing_in_forgives_the_failures_before(world: AccountsWorld) -> None:
    await world.active_account()
    await guess(world, 4)
    assert (await world.sign_in(network=ELSEWHERE)).status_code == 201
    assert await guess(world, 6) == [401] * 5 + [429]


async def test_fifty_guesses_at_once_at_two_replicas_are_five(world: AccountsWorld) -> None:
    await world.active_account()
    async with client_of(dataclasses.replace(world.parts)) as other:
        replica = dataclasses.replace(world, client=other)
        guesses = [
            (world if number % 2 else replica).sign_in(password=OTHER_PASSWORD, network=ELSEWHERE)
            for number in range(50)
        ]
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert statuses.count(401) == 5
    assert statuses.count(429) == 45


async def test_a_network_that_guesses_at_many_accounts_is_stopped_and_a_busy_school_is_not(
    world: AccountsWorld,
) -> None:
    await world.active_account()
    async with client_of(dataclasses.replace(world.parts, network_limit=10)) as client:
        narrow = dataclasses.replace(world, client=client)
        for number in range(10):
            await narrow.sign_in(f"pupil{number}@example.org", network=ELSEWHERE)
        assert (await narrow.sign_in(network=ELSEWHERE)).status_code == 429
        assert (await narrow.sign_in(network=SCHOOL)).status_code == 201
        for _ in range(30):
            assert (await narrow.sign_in(network=SCHOOL)).status_code == 201
        world.clock.forward(minutes=15)
        assert (await narrow.sign_in(network=ELSEWHERE)).status_code == 201


async def test_of_a_hundred_addresses_at_once_a_network_may_guess_at_as_many_as_one_after_the_other(
    world: AccountsWorld,
) -> None:
    async with client_of(dataclasses.replace(world.parts, network_limit=5)) as client:
        narrow = dataclasses.replace(world, client=client)
        guesses = [narrow.sign_in(f"pupil{number}@example.org", network=ELSEWHERE) for number in range(100)]
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (statuses.count(401), statuses.count(429)) == (5, 95)


async def test_a_right_password_among_many_guesses_at_once_opens_nothing_beyond_the_limit(world: AccountsWorld) -> None:
    await world.active_account()
    async with client_of(dataclasses.replace(world.parts, network_limit=5)) as client:
        narrow = dataclasses.replace(world, client=client)
        guesses = [narrow.sign_in(f"pupil{number}@example.org", network=ELSEWHERE) for number in range(60)]
        *others, right = await asyncio.gather(*guesses, narrow.sign_in(network=ELSEWHERE))
    assert [answer.status_code for answer in others].count(401) == 5
    assert right.status_code == 429


async def test_a_pupil_who_fills_the_networks_limit_keeps_out_nobody_who_was_here_before(world: AccountsWorld) -> None:
    await world.active_account()
    async with client_of(dataclasses.replace(world.parts, network_limit=5)) as client:
        narrow = dataclasses.replace(world, client=client)
        anna = Browser(client)
        await anna.sign_in()
        person = await narrow.signed_in()
        for number in range(6):
            answer = await narrow.sign_in(f"pupil{number}@example.org", network=OF_BROWSERS)
        assert answer.status_code == 429
        assert (await narrow.sign_in(network=OF_BROWSERS)).status_code == 429

        assert (await anna.sign_in()).status_code == 303
        body = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
        assert (await person.call("PUT", "me/password", body, network=OF_BROWSERS)).status_code == 200


async def test_the_neighbours_of_one_ipv6_household_are_other_networks(world: AccountsWorld) -> None:
    await world.active_account()
    for last in range(6):
        await world.sign_in(password=OTHER_PASSWORD, network=f"2001:db8:0:1::{last + 1}")
    assert (await world.sign_in(network="2001:db8:0:1::99")).status_code == 429
    assert (await world.sign_in(network="2001:db8:0:2::1")).status_code == 201
