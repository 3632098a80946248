"""Guesses are limited over all logins of a school and all networks; that locks out nobody who is known."""

import asyncio
import dataclasses
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import count
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from tests.integration.accounts.accounts_world import OTHER_PASSWORD, AccountsWorld, SignedIn, client_of
from tests.integration.accounts.browser import Browser
from tests.integration.accounts.logins.calls import ANOTHER, OWN, code_of, first_time, printed_anew, sign_in
from tests.plans import explain, reads_all_of

from accounts.domain.school_logins import number_of
from accounts.handlers.handing_out import Round, Slip, hand_out
from accounts.handlers.parts import Parts
from accounts.store import school_logins as store
from shared.runtime.postgres import Connection

LIMIT, BEAT = 6, 1.0
NOBODYS = [f"{number}u" for number in range(20_000_001, 20_000_100)]
WRONG, WAIT = (401, "wrong_credentials"), (429, "too_many_attempts")
TEACHES_AT_THE_SECOND = """
INSERT INTO person_roles (role_id, person_id, school_id, role)
SELECT gen_random_uuid(), person_id, org_id, 'teacher' FROM people, orgs
WHERE given_name = 'Iga' AND orgs.name = 'Szkoła nr 2'
"""
LOGINS_OF_A_SCHOOL = """
INSERT INTO school_logins (login_id, district_id, school_id, person_id, kind, name, password_hash, is_first_password,
    issued_at)
SELECT gen_random_uuid(), $1, $1, gen_random_uuid(), 'staff', name, '-', true, now() FROM unnest($2::text[]) AS name
"""


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[AsyncClient]:
    """Speaks to a service where few guesses fill the limit of a school."""
    async with client_of(dataclasses.replace(parts, school_limit=LIMIT)) as client:
        yield client


@pytest.fixture
def networks() -> Iterator[str]:
    """Networks that nobody has come from yet."""
    return (f"203.0.{number // 250}.{number % 250}" for number in count())


@pytest.fixture
async def teacher(connection: Connection, parts: Parts) -> Slip:
    """What a teacher of the second school was given."""
    await connection.execute(TEACHES_AT_THE_SECOND)
    [school] = await store.schools_named(connection, "Szkoła nr 2", None)
    printed: list[Slip] = []
    over = partial(nullcontext, connection)
    await hand_out(over, parts.hasher, Round(school, None), clock=parts.clock, printing=printed.extend)
    [slip] = printed
    return slip


async def guess(world: AccountsWorld, logins: Sequence[str], networks: Iterator[str]) -> list[tuple[int, str]]:
    """Guesses at the logins, each from a network of its own."""
    return [code_of(await sign_in(world, login, OTHER_PASSWORD, network=next(networks))) for login in logins]


def those_of(slips: Mapping[str, Slip], times: int = LIMIT) -> list[str]:
    """The logins of class 3b, in turns."""
    logins = sorted(slip.login for slip in slips.values())
    return [logins[number % len(logins)] for number in range(times)]


async def link(anna: SignedIn, login: str, password: str, network: str) -> Response:
    return await anna.call("POST", "me/logins", {"login": login, "password": password}, network=network)


async def test_guesses_at_all_logins_from_all_networks_count_for_the_school(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    await first_time(world, slips["Ala Lis"])
    assert await guess(world, those_of(slips, LIMIT + 1), networks) == [WRONG] * LIMIT + [WAIT]
    answer = await sign_in(world, slips["Ala Lis"].login, OWN, network=next(networks))
    assert code_of(answer) == WAIT
    assert answer.headers["retry-after"] == "900"
    world.clock.forward(minutes=15)
    assert (await sign_in(world, slips["Ala Lis"].login, OWN, network=next(networks))).status_code == 201


async def test_of_many_at_once_no_more_are_answered_and_a_right_one_among_them_opens_nothing(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    await first_time(world, slips["Ala Lis"])
    guesses = [sign_in(world, login, OTHER_PASSWORD, network=next(networks)) for login in those_of(slips, 40)]
    right = sign_in(world, slips["Ala Lis"].login, OWN, network=next(networks))
    *others, last = [code_of(answer) for answer in await asyncio.gather(*guesses, right)]
    assert Counter(others) == {WRONG: LIMIT, WAIT: 40 - LIMIT}
    assert last == WAIT


async def test_a_browser_that_the_login_knows_still_gets_in_and_so_does_who_is_signed_in(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    ala, browser = await first_time(world, slips["Ala Lis"]), Browser(world.client)
    assert (await browser.sign_in(slips["Ala Lis"].login, OWN)).status_code == 303
    await guess(world, those_of(slips), networks)
    assert (await browser.sign_in(slips["Ala Lis"].login, OWN)).status_code == 303
    assert (await Browser(world.client).sign_in(slips["Ala Lis"].login, OWN)).status_code == 429
    change = await ala.call("POST", "school-login/password", {"password": OWN, "new_password": ANOTHER})
    assert change.status_code == 200


async def test_what_a_known_browser_gets_wrong_counts_for_no_school(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    await first_time(world, slips["Ala Lis"])
    browser = Browser(world.client)
    await browser.sign_in(slips["Ala Lis"].login, OWN)
    for _ in range(2):
        assert (await browser.sign_in(slips["Ala Lis"].login, OTHER_PASSWORD)).status_code == 422
    assert await guess(world, those_of(slips, LIMIT + 1), networks) == [WRONG] * LIMIT + [WAIT]


async def test_a_first_password_is_chosen_when_the_window_is_over(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    browser, slip = Browser(world.client), slips["Ala Lis"]
    await browser.sign_in(slip.login, slip.password)
    await guess(world, those_of(slips), networks)
    choosing = "/sign-in/first-password?lang=en"
    assert (await browser.post(choosing, {"new_password": OWN})).status_code == 429
    assert code_of(await sign_in(world, slip.login, slip.password, new_password=OWN, network=next(networks))) == WAIT
    world.clock.forward(minutes=15)
    await browser.sign_in(slip.login, slip.password)
    assert (await browser.post(choosing, {"new_password": OWN})).status_code == 303


async def test_a_browser_that_is_known_chooses_in_the_place_of_another_slip_at_any_time(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str], connection: Connection
) -> None:
    await first_time(world, slips["Ala Lis"])
    browser = Browser(world.client)
    await browser.sign_in(slips["Ala Lis"].login, OWN)
    slip = await printed_anew(world, slips["Ala Lis"].login)
    await guess(world, those_of(slips), networks)
    await browser.sign_in(slip.login, slip.password)
    answer = await browser.post("/sign-in/first-password?lang=en", {"new_password": ANOTHER})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_guesses_by_linking_and_by_signing_in_count_together(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    await first_time(world, slips["Ala Lis"])
    anna = await world.somebody()
    for login in those_of(slips, 3):
        assert code_of(await link(anna, login, OTHER_PASSWORD, next(networks))) == (422, "wrong_login")
    assert await guess(world, those_of(slips, LIMIT - 3), networks) == [WRONG] * (LIMIT - 3)
    assert code_of(await sign_in(world, slips["Ala Lis"].login, OWN, network=next(networks))) == WAIT
    assert code_of(await link(anna, slips["Ala Lis"].login, OWN, next(networks))) == WAIT
    world.clock.forward(minutes=15)
    anna = await world.signed_in()
    assert (await link(anna, slips["Ala Lis"].login, OWN, next(networks))).status_code == 201


async def test_what_nobody_has_counts_for_a_school_and_waits_with_it(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str]
) -> None:
    await first_time(world, slips["Ala Lis"])
    guessed = NOBODYS[: LIMIT - 2]
    assert await guess(world, [*guessed, *those_of(slips, 2)], networks) == [WRONG] * LIMIT
    unknown = await sign_in(world, NOBODYS[-1], OTHER_PASSWORD, network=next(networks))
    known = await sign_in(world, slips["Ala Lis"].login, OWN, network=next(networks))
    assert code_of(unknown) == code_of(known) == WAIT
    assert unknown.content == known.content
    assert unknown.headers == known.headers


async def test_schools_do_not_disturb_each_other(
    world: AccountsWorld, slips: Mapping[str, Slip], teacher: Slip, networks: Iterator[str]
) -> None:
    await first_time(world, teacher)
    assert await guess(world, those_of(slips, LIMIT + 1), networks) == [WRONG] * LIMIT + [WAIT]
    assert await guess(world, [teacher.login], networks) == [WRONG]
    assert (await sign_in(world, teacher.login, OWN, network=next(networks))).status_code == 201


async def test_a_name_that_nobody_has_counts_for_the_same_school_each_time(
    world: AccountsWorld, slips: Mapping[str, Slip], teacher: Slip, networks: Iterator[str]
) -> None:
    await guess(world, those_of(slips), networks)
    first = await guess(world, NOBODYS[:12], networks)
    at_the_first = [name for name, answer in zip(NOBODYS, first, strict=False) if answer == WAIT]
    assert at_the_first
    assert await guess(world, at_the_first, networks) == [WAIT] * len(at_the_first)


async def test_where_no_school_has_logins_there_is_no_such_limit(
    world: AccountsWorld, connection: Connection, networks: Iterator[str]
) -> None:
    assert await guess(world, NOBODYS[: 2 * LIMIT], networks) == [WRONG] * 2 * LIMIT


async def test_names_that_nobody_has_are_spread_over_the_schools_as_those_that_there_are(
    connection: Connection,
) -> None:
    numbers = list({number_of(hashlib.sha256(b"%d" % number).digest()): None for number in range(6_010)})[:6_000]
    small, large = UUID(int=1), UUID(int=2)
    await connection.execute(LOGINS_OF_A_SCHOOL, small, numbers[:1_000])
    await connection.execute(LOGINS_OF_A_SCHOOL, large, numbers[1_000:4_000])
    await connection.execute("ANALYZE school_logins")
    assert not reads_all_of(await explain(connection, store.SQL["school_near"], numbers[-1]), "school_logins")
    found = Counter([await store.school_near(connection, number) for number in numbers[4_000:]])
    assert found.total() == found[small] + found[large] == 2_000
    assert 0.2 < found[small] / 2_000 < 0.3


@pytest.mark.parametrize("way", ["sign in", "sign in by the page", "link", "link by the page"])
async def test_a_guess_that_has_to_wait_is_told_so_on_the_beat(
    world: AccountsWorld, slips: Mapping[str, Slip], networks: Iterator[str], way: str
) -> None:
    anna, at_home = await world.somebody(), Browser(world.client)
    await at_home.sign_in()
    form = {"form_token": await at_home.form_token(), "login": slips["Ala Lis"].login, "password": OTHER_PASSWORD}
    await guess(world, those_of(slips), networks)
    async with client_of(dataclasses.replace(world.parts, school_limit=LIMIT, beat_seconds=BEAT)) as client:
        slow = dataclasses.replace(world, client=client)
        began = time.monotonic()
        if way == "sign in":
            answer = await sign_in(slow, form["login"], OTHER_PASSWORD, network=next(networks))
        elif way == "sign in by the page":
            answer = await Browser(client).sign_in(form["login"], OTHER_PASSWORD)
        elif way == "link":
            answer = await link(dataclasses.replace(anna, client=client), form["login"], OTHER_PASSWORD, next(networks))
        else:
            answer = await dataclasses.replace(at_home, client=client).post("/account/logins/new", form)
        seconds = time.monotonic() - began
    assert answer.status_code == 429
    assert seconds >= BEAT
