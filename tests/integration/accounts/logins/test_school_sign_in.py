"""Somebody signs in with a school login, by the API."""

import asyncio
from collections.abc import Mapping

import pytest
from tests.integration.accounts.accounts_world import OTHER_PASSWORD, SCHOOL, AccountsWorld
from tests.integration.accounts.logins.calls import ANOTHER, OWN, code_of, first_time, sign_in, signed_in
from tests.waiting import until

from accounts.handlers.handing_out import Slip
from accounts.store import school_logins as store
from shared.runtime.auth.access_tokens import Verifier
from shared.runtime.postgres import Connection


async def test_the_printed_password_signs_nobody_in_but_lets_another_be_chosen(
    world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ala Lis"]
    assert code_of(await sign_in(world, slip.login, slip.password)) == (422, "new_password_needed")
    await first_time(world, slip)
    assert (await sign_in(world, slip.login, OWN)).status_code == 201
    assert code_of(await sign_in(world, slip.login, slip.password)) == (401, "wrong_credentials")


async def test_a_session_tells_every_service_whose_it_is(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    jan = await first_time(world, slips["Jan Lis"])
    person = await connection.fetchval("SELECT person_id FROM people WHERE given_name = 'Jan'")
    who = Verifier(lambda: world.parts.keys.published, world.clock).check(jan.access_token)
    assert who.person_id == person
    renewed = (await jan.refresh()).json()["access_token"]
    assert Verifier(lambda: world.parts.keys.published, world.clock).check(renewed).person_id == person
    mine = (await jan.call("GET", "school-login")).json()
    assert (mine["login"], mine["kind"], mine["pupil"], mine["school"]) == (
        slips["Jan Lis"].login,
        "guardian",
        "Ala Lis",
        "Szkoła nr 1",
    )


async def test_a_portal_account_tells_no_person(world: AccountsWorld) -> None:
    anna = await world.somebody()
    assert Verifier(lambda: world.parts.keys.published, world.clock).check(anna.access_token).person_id is None
    assert code_of(await anna.call("GET", "school-login")) == (403, "school_login_needed")


@pytest.mark.parametrize("path", ["me", "me/logins"])
async def test_what_is_an_accounts_is_not_for_a_school_login(
    world: AccountsWorld, slips: Mapping[str, Slip], path: str
) -> None:
    ala = await first_time(world, slips["Ala Lis"])
    assert code_of(await ala.call("GET", path)) == (403, "portal_account_needed")


async def test_a_wrong_password_and_a_login_that_nobody_has_get_one_answer(
    world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    wrong = await sign_in(world, slips["Ala Lis"].login, OTHER_PASSWORD)
    unknown = await sign_in(world, "99999999u", OTHER_PASSWORD)
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize("known", [True, False])
async def test_the_sixth_guess_has_to_wait_whether_there_is_such_a_login_or_not(
    world: AccountsWorld, slips: Mapping[str, Slip], known: bool
) -> None:
    login = slips["Ala Lis"].login if known else "99999999u"
    for _ in range(5):
        assert (await sign_in(world, login, OTHER_PASSWORD)).status_code == 401
    assert code_of(await sign_in(world, login, OTHER_PASSWORD)) == (429, "too_many_attempts")


async def test_fifty_guesses_at_once_are_five(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    login = slips["Ala Lis"].login
    answers = await asyncio.gather(*(sign_in(world, login, f"{OTHER_PASSWORD} {n}") for n in range(50)))
    assert sum(answer.status_code == 401 for answer in answers) == 5


async def test_a_stranger_elsewhere_locks_nobody_out(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    await first_time(world, slips["Ala Lis"])
    for _ in range(6):
        await sign_in(world, slips["Ala Lis"].login, OTHER_PASSWORD, network=SCHOOL)
    assert (await sign_in(world, slips["Ala Lis"].login, OWN)).status_code == 201


async def test_a_login_and_a_printed_password_may_be_entered_as_they_were_copied(
    world: AccountsWorld, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ala Lis"]
    login = f" {slip.login[:4]} {slip.login[4:].upper()} "
    answer = await sign_in(world, login, slip.password.replace("-", " ").upper(), new_password=OWN)
    assert answer.status_code == 201


@pytest.mark.parametrize("password", ["short", "password123", "Ala Lis Ala", "12345678"])
async def test_a_password_that_is_soon_guessed_is_refused_and_the_printed_one_stays_good(
    world: AccountsWorld, slips: Mapping[str, Slip], password: str
) -> None:
    slip = slips["Ala Lis"]
    answer = await sign_in(world, slip.login, slip.password, new_password=password)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "new_password"
    await first_time(world, slip)


async def test_two_who_choose_at_once_have_one_winner(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    slip = slips["Ala Lis"]
    answers = await asyncio.gather(
        *(sign_in(world, slip.login, slip.password, new_password=word) for word in (OWN, ANOTHER))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 401]


async def test_another_password_ends_every_other_session(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    here = await first_time(world, slips["Ala Lis"])
    elsewhere = signed_in(world, await sign_in(world, slips["Ala Lis"].login, OWN))
    wrong = await here.call("POST", "school-login/password", {"password": ANOTHER, "new_password": ANOTHER})
    assert code_of(wrong) == (422, "wrong_password")
    done = await here.call("POST", "school-login/password", {"password": OWN, "new_password": ANOTHER})
    assert done.status_code == 200, done.text
    assert (await here.call("GET", "school-login")).status_code == 200
    assert (await elsewhere.call("GET", "school-login")).status_code == 401
    assert (await sign_in(world, slips["Ala Lis"].login, OWN)).status_code == 401
    assert (await sign_in(world, slips["Ala Lis"].login, ANOTHER)).status_code == 201


async def test_whoever_has_left_signs_in_no_more(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    ala = await first_time(world, slips["Ala Lis"])
    await connection.execute("UPDATE people SET ends_on = CURRENT_DATE - 1 WHERE given_name = 'Ala'")
    assert code_of(await sign_in(world, slips["Ala Lis"].login, OWN)) == (401, "wrong_credentials")
    assert (await ala.call("GET", "school-login")).status_code == 401


@pytest.mark.parametrize("login", ["", "123", "anna@example.org", "12345678x", "1" * 1000, 12345678, None])
async def test_what_is_no_login_is_told_by_field_and_code(world: AccountsWorld, login: object) -> None:
    answer = await world.client.post("/api/v1/school-sessions", json={"login": login, "password": OTHER_PASSWORD})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "login")


async def test_who_chooses_a_password_while_slips_are_printed_again_keeps_it(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    slip = slips["Ala Lis"]
    login = await store.named(connection, slip.login)
    assert login is not None
    await first_time(world, slip)
    again = [(login.login_id, "a hash")]
    assert await store.print_again(connection, again, world.clock(), also_chosen=False) == set()
    assert (await sign_in(world, slip.login, OWN)).status_code == 201


async def test_a_login_sees_its_sessions_and_ends_them_all(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    ala = await first_time(world, slips["Ala Lis"])
    elsewhere = signed_in(world, await sign_in(world, slips["Ala Lis"].login, OWN, shared_computer=True))
    found = (await ala.call("GET", "sessions")).json()["sessions"]
    assert {(each["session_id"], each["current"], each["shared_computer"]) for each in found} == {
        (str(ala.session_id), True, False),
        (str(elsewhere.session_id), False, True),
    }
    assert (await ala.call("DELETE", "sessions")).status_code == 204
    for who in (ala, elsewhere):
        assert (await who.call("GET", "school-login")).status_code == 401


async def test_nobody_ends_the_session_of_another_login(world: AccountsWorld, slips: Mapping[str, Slip]) -> None:
    ala, jan = await first_time(world, slips["Ala Lis"]), await first_time(world, slips["Jan Lis"])
    assert code_of(await jan.call("DELETE", f"sessions/{ala.session_id}")) == (404, "not_found")
    assert (await ala.call("GET", "school-login")).status_code == 200


async def test_a_slip_that_was_lost_lets_nobody_choose_once_another_is_being_printed(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    slip = slips["Ala Lis"]
    async with connection.transaction():
        await connection.execute("SELECT FROM school_logins WHERE name = $1 FOR UPDATE", slip.login)
        finder = asyncio.ensure_future(sign_in(world, slip.login, slip.password, new_password=ANOTHER))
        await until(world.waits_for_a_lock)
        await connection.execute(
            "UPDATE school_logins SET password_hash = 'of another slip' WHERE name = $1", slip.login
        )
    assert code_of(await finder) == (401, "wrong_credentials")
    assert await world.rows("tokens") == []
