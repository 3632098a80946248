"""The office of a school sees at which of its logins somebody guessed, how often and for what, and not who."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.integration.accounts.accounts_world import OTHER_PASSWORD, AccountsWorld, SignedIn
from tests.integration.accounts.logins.calls import OWN, first_time, sign_in
from tests.plans import explain, reads_all_of

from accounts.handlers.handing_out import Slip
from accounts.scheduler import jobs
from accounts.store import login_guesses as store
from accounts.store import school_logins
from shared.runtime.postgres import Connection
from shared.runtime.scheduler import run_alone

TODAY = date(2026, 9, 1)
MANY_LOGINS = """
INSERT INTO school_logins (login_id, district_id, school_id, person_id, kind, name, password_hash, is_first_password,
    issued_at)
SELECT gen_random_uuid(), school, school, gen_random_uuid(), 'staff', (20000000 + row_number() OVER ())::text, '-',
    true, now()
FROM unnest($1::uuid[]) AS school, generate_series(1, 100)
"""
GUESSED_FOR_WEEKS = """
INSERT INTO login_guesses SELECT login_id, day, 1, 1
FROM school_logins, generate_series($1::date - 20, $1::date, interval '1 day') AS day
"""


async def guess(world: AccountsWorld, slip: Slip, times: int) -> None:
    for _ in range(times):
        assert (await sign_in(world, slip.login, OTHER_PASSWORD)).status_code == 401


async def guess_by_linking(anna: SignedIn, login: str) -> None:
    answer = await anna.call("POST", "me/logins", {"login": login, "password": OTHER_PASSWORD})
    assert answer.status_code == 422


async def seen(
    connection: Connection, since: date = TODAY, *, school: str = "Szkoła nr 1"
) -> list[tuple[str, int, int]]:
    """What the office of a school sees: logins, how often it was tried to sign in with them and to link them."""
    [found] = await school_logins.schools_named(connection, school, None)
    return [
        (login.name, login.sign_ins, login.links)
        for login in await store.most_guessed(connection, found.school_id, since)
    ]


async def test_wrong_guesses_are_seen_by_login_and_by_what_they_were_for_the_most_guessed_first(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    anna, ala, jan = await world.somebody(), slips["Ala Lis"], slips["Jan Lis"]
    await guess(world, ala, 1)
    await guess(world, jan, 2)
    await guess_by_linking(anna, jan.login)
    assert await seen(connection) == [(jan.login, 2, 1), (ala.login, 1, 0)]
    assert await seen(connection, school="Szkoła nr 2") == []


async def test_what_was_right_what_was_turned_away_and_a_login_that_nobody_has_are_not_seen(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    ala = slips["Ala Lis"]
    await first_time(world, ala)
    assert (await sign_in(world, ala.login, OWN)).status_code == 201
    assert (await sign_in(world, "99999999u", OTHER_PASSWORD)).status_code == 401
    assert await world.rows("login_guesses") == []
    await guess(world, ala, 5)
    assert (await sign_in(world, ala.login, OTHER_PASSWORD)).status_code == 429
    assert await seen(connection) == [(ala.login, 5, 0)]


async def test_the_own_old_password_entered_wrong_is_no_guess(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    ala = await first_time(world, slips["Ala Lis"])
    await ala.call("POST", "school-login/password", {"password": OTHER_PASSWORD, "new_password": OTHER_PASSWORD})
    assert await world.rows("login_guesses") == []


async def test_nothing_is_kept_but_login_day_and_counts(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await guess(world, slips["Ala Lis"], 2)
    await guess_by_linking(await world.somebody(), slips["Ala Lis"].login)
    login = await school_logins.named(connection, slips["Ala Lis"].login)
    assert login is not None
    assert await world.rows("login_guesses") == [f"({login.login_id},2026-09-01,2,1)"]


async def test_a_day_is_one_of_warsaw_and_counts_are_of_the_days_that_are_asked_for(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    ala = slips["Ala Lis"]
    world.clock.now = datetime(2026, 9, 1, 21, 59, tzinfo=UTC)
    await guess(world, ala, 1)
    world.clock.forward(minutes=1)
    await guess(world, ala, 2)
    assert await seen(connection, date(2026, 9, 1)) == [(ala.login, 3, 0)]
    assert await seen(connection, date(2026, 9, 2)) == [(ala.login, 2, 0)]
    assert await seen(connection, date(2026, 9, 3)) == []


async def test_guesses_are_deleted_after_30_days(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await guess(world, slips["Ala Lis"], 1)
    (forgetting,) = [job for job in jobs(world.clock, expiry_seconds=60) if job.name == "guess_age"]
    world.clock.forward(days=30)
    await run_alone(world.pool, forgetting)
    assert await seen(connection) == [(slips["Ala Lis"].login, 1, 0)]
    world.clock.forward(days=1)
    await guess(world, slips["Jan Lis"], 1)
    await run_alone(world.pool, forgetting)
    assert await seen(connection) == [(slips["Jan Lis"].login, 1, 0)]


@pytest.mark.parametrize("statement", ["most_guessed", "forget"])
async def test_a_schools_guesses_and_old_ones_are_found_without_reading_those_of_all(
    connection: Connection, statement: str
) -> None:
    schools = [UUID(int=number) for number in range(50)]
    await connection.execute(MANY_LOGINS, schools)
    await connection.execute(GUESSED_FOR_WEEKS, TODAY)
    await connection.execute("ANALYZE school_logins, login_guesses")
    arguments = (
        (schools[7], TODAY - timedelta(days=7)) if statement == "most_guessed" else (TODAY - timedelta(days=20),)
    )
    plan = await explain(connection, store.SQL[statement], *arguments)
    assert not reads_all_of(plan, "login_guesses")
    assert not reads_all_of(plan, "school_logins")
