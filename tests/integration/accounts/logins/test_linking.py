"""A portal account links school logins, by the API."""

import asyncio
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from httpx import Response
from tests.integration.accounts.accounts_world import ADDRESS, HOME, OTHER_PASSWORD, AccountsWorld, SignedIn
from tests.integration.accounts.logins.calls import OWN, code_of, first_time, printed_anew, sign_in
from tests.integration.accounts.logins.office import staff_slips
from tests.waiting import until

from accounts.handlers.erasure import delete_due_accounts
from accounts.handlers.handing_out import Slip
from accounts.handlers.parts import Contended
from accounts.rosters.snapshot import tell_all
from shared.contracts.accounts import LoginLinked, LoginUnlinked
from shared.contracts.roster import LinkChanged
from shared.runtime.postgres import Connection

BORIS = "borys.maj@example.org"


@pytest.fixture
async def anna(world: AccountsWorld, connection: Connection) -> SignedIn:
    """Somebody with a portal account, and an outbox that tells of nothing but what comes."""
    await world.active_account(BORIS)
    anna = await world.somebody()
    await connection.execute("DELETE FROM outbox")
    return anna


@pytest.fixture
async def boris(world: AccountsWorld, anna: SignedIn) -> SignedIn:
    """Somebody else with one."""
    return await world.signed_in(BORIS)


async def link(anna: SignedIn, login: str, password: str = OWN, *, network: str = HOME, **other: object) -> Response:
    return await anna.call("POST", "me/logins", {"login": login, "password": password, **other}, network=network)


async def linked(world: AccountsWorld, anna: SignedIn, slip: Slip) -> UUID:
    """The id of a login that was used and then linked."""
    await first_time(world, slip)
    answer = await link(anna, slip.login)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["login_id"])


async def links_told(world: AccountsWorld) -> list[LinkChanged]:
    return [event.data for event in await world.events() if isinstance(event.data, LinkChanged)]


async def whoami(connection: Connection, name: str) -> UUID:
    person: UUID = await connection.fetchval("SELECT person_id FROM people WHERE given_name = $1", name)
    return person


async def test_who_knows_the_password_links_the_login_and_every_service_is_told(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    login_id = await linked(world, anna, slips["Jan Lis"])
    [told] = [event.data for event in await world.events() if isinstance(event.data, LoginLinked)]
    assert (told.login_id, told.login_kind, told.school_name) == (login_id, "guardian", "Szkoła nr 1")
    assert slips["Jan Lis"].login.endswith(told.login_ending)
    assert len(told.login_ending) == 2
    jan, account = await whoami(connection, "Jan"), told.account_id
    [link_of_jan] = await links_told(world)
    assert (link_of_jan.login_id, link_of_jan.person_id, link_of_jan.account_id) == (login_id, jan, account)
    assert (link_of_jan.kind, link_of_jan.scope_id) == ("guardian", await whoami(connection, "Ala"))
    [mine] = (await anna.call("GET", "me/logins")).json()["logins"]
    assert (mine["login"], mine["person"], mine["pupil"]) == (slips["Jan Lis"].login, "Jan Lis", "Ala Lis")


async def test_a_guardian_sees_the_child_of_each_login_with_class_and_school(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await linked(world, anna, slips["Jan Lis"])
    assert await _shown(anna) == [("guardian", "Ala", ["3b"], "Szkoła nr 1")]
    for_ola = await connection.fetchval(
        "SELECT name FROM school_logins JOIN people ON people.person_id = student_id"
        " WHERE given_name = 'Ola' AND kind = 'guardian' AND school_logins.person_id = $1",
        await whoami(connection, "Jan"),
    )
    await linked(world, anna, await printed_anew(world, for_ola))
    assert [name for _, name, _, _ in await _shown(anna)] == ["Ala", "Ola"]


async def _shown(who: SignedIn) -> list[tuple[str, str, list[str], str]]:
    places = (await who.call("GET", "me/schools")).json()["places"]
    return [(place["kind"], place["given_name"], place["classes"], place["school"]) for place in places]


async def test_without_links_nobody_is_seen(anna: SignedIn, slips: Mapping[str, Slip]) -> None:
    assert (await anna.call("GET", "me/schools")).json() == {"places": []}
    assert (await anna.call("GET", "me/logins")).json() == {"logins": []}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE guardianships SET see = false FROM people WHERE person_id = student_id AND given_name = 'Ala'",
        "UPDATE guardianships AS old SET ends_on = '2026-08-31' FROM people"
        " WHERE person_id = student_id AND given_name = 'Ala'",
        "UPDATE people SET ends_on = '2026-08-31' WHERE given_name = 'Ala'",
    ],
    ids=["hidden by a court", "no guardian any more", "a pupil no more"],
)
async def test_a_child_whom_the_guardian_may_not_see_is_not_shown(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection, change: str
) -> None:
    await linked(world, anna, slips["Jan Lis"])
    assert len(await _shown(anna)) == 1
    await connection.execute(change)
    assert await _shown(anna) == []


async def test_a_pupil_and_a_teacher_see_where_they_are_themselves(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await linked(world, anna, slips["Ala Lis"])
    await linked(world, anna, (await staff_slips(world, connection))["Iga Kos"])
    ala, iga = (await anna.call("GET", "me/schools")).json()["places"]
    assert (ala["kind"], ala["given_name"], ala["classes"]) == ("student", "Ala", ["3b"])
    assert (iga["kind"], iga["given_name"], iga["roles"]) == ("staff", "Iga", ["teacher"])


async def test_a_child_stands_there_once_also_where_its_own_login_is_linked(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    await linked(world, anna, slips["Ala Lis"])
    await linked(world, anna, slips["Jan Lis"])
    places = (await anna.call("GET", "me/schools")).json()["places"]
    assert [(place["kind"], place["given_name"]) for place in places] == [("guardian", "Ala")]


async def test_a_guardians_login_shows_nothing_of_where_its_owner_works(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    role = """INSERT INTO person_roles (role_id, person_id, school_id, role)
        SELECT gen_random_uuid(), person_id, (SELECT org_id FROM orgs WHERE name = 'Szkoła nr 1'), 'head'
        FROM people WHERE given_name = 'Jan'"""
    await connection.execute(role)
    await linked(world, anna, slips["Jan Lis"])
    places = (await anna.call("GET", "me/schools")).json()["places"]
    assert {place["kind"] for place in places} == {"guardian"}
    assert (await anna.call("GET", "office")).json() == {"schools": [], "classes": []}


async def test_the_printed_password_links_together_with_another(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    slip = slips["Ala Lis"]
    assert code_of(await link(anna, slip.login, slip.password)) == (422, "new_password_needed")
    assert await links_told(world) == []
    assert (await link(anna, slip.login, slip.password, new_password=OWN)).status_code == 201
    assert (await sign_in(world, slip.login, OWN)).status_code == 201
    assert code_of(await sign_in(world, slip.login, slip.password)) == (401, "wrong_credentials")


async def test_linking_again_changes_nothing(world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]) -> None:
    await linked(world, anna, slips["Jan Lis"])
    before = await world.events()
    assert (await link(anna, slips["Jan Lis"].login)).status_code == 201
    assert await world.events() == before


async def test_a_login_is_linked_with_one_account(
    world: AccountsWorld, anna: SignedIn, boris: SignedIn, slips: Mapping[str, Slip]
) -> None:
    await linked(world, anna, slips["Jan Lis"])
    assert code_of(await link(boris, slips["Jan Lis"].login)) == (422, "linked_elsewhere")
    assert code_of(await link(boris, slips["Jan Lis"].login, OTHER_PASSWORD)) == (422, "wrong_login")


async def test_of_two_accounts_at_once_one_gets_it(
    world: AccountsWorld, anna: SignedIn, boris: SignedIn, slips: Mapping[str, Slip]
) -> None:
    await first_time(world, slips["Jan Lis"])
    answers = await asyncio.gather(*(link(who, slips["Jan Lis"].login) for who in (anna, boris) for _ in range(2)))
    assert {answer.status_code for answer in answers} == {201, 422}
    assert [event.version for event in await links_told(world)] == [1]


async def test_a_login_that_nobody_has_and_a_wrong_password_get_one_answer(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    wrong = await link(anna, slips["Jan Lis"].login, OTHER_PASSWORD)
    unknown = await link(anna, "99999999", OTHER_PASSWORD)
    assert code_of(wrong) == (422, "wrong_login")
    assert wrong.content == unknown.content


async def test_an_account_makes_five_wrong_guesses_wherever_it_is_and_whatever_it_links_in_between(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    await linked(world, anna, slips["Ola Lis"])
    for n in range(5):
        answer = await link(anna, f"1234567{n}", OTHER_PASSWORD, network=f"203.0.113.{n}")
        assert code_of(answer) == (422, "wrong_login")
        if n < 4:
            assert (await link(anna, slips["Ola Lis"].login)).status_code == 201
    answer = await link(anna, "12345679", OTHER_PASSWORD, network="203.0.113.99")
    assert code_of(answer) == (429, "too_many_attempts")
    assert answer.headers["retry-after"]
    world.clock.forward(minutes=15)
    anna = await world.signed_in()
    assert (await link(anna, slips["Ola Lis"].login)).status_code == 201


async def test_a_link_that_ends_is_told_and_ends_once(
    world: AccountsWorld, anna: SignedIn, boris: SignedIn, slips: Mapping[str, Slip]
) -> None:
    login_id = await linked(world, anna, slips["Jan Lis"])
    for unknown in (login_id, uuid4()):
        assert code_of(await boris.call("DELETE", f"me/logins/{unknown}")) == (404, "not_found")
    assert (await anna.call("DELETE", f"me/logins/{login_id}")).status_code == 200
    assert code_of(await anna.call("DELETE", f"me/logins/{login_id}")) == (404, "not_found")
    assert (await anna.call("GET", "me/schools")).json() == {"places": []}
    assert [(told.version, told.account_id is None) for told in await links_told(world)] == [(1, False), (2, True)]
    assert await _ended_by(world) == ["account"]
    assert (await link(boris, slips["Jan Lis"].login)).status_code == 201


async def test_the_login_itself_ends_its_link(world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]) -> None:
    await linked(world, anna, slips["Jan Lis"])
    answer = await sign_in(world, slips["Jan Lis"].login, OWN)
    jan = SignedIn(world.client, answer.json()["access_token"], "", answer.json()["session_id"])
    assert (await jan.call("GET", "school-login")).json()["linked_at"]
    assert (await jan.call("DELETE", "school-login/link")).status_code == 200
    assert (await jan.call("GET", "school-login")).json()["linked_at"] is None
    assert code_of(await jan.call("DELETE", "school-login/link")) == (404, "not_found")
    assert await _ended_by(world) == ["login"]


async def test_another_printed_password_ends_the_link(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    await linked(world, anna, slips["Jan Lis"])
    await printed_anew(world, slips["Jan Lis"].login)
    assert (await anna.call("GET", "me/logins")).json() == {"logins": []}
    assert await _ended_by(world) == ["school"]


async def test_a_link_that_is_made_while_another_password_is_printed_does_not_outlive_it(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await first_time(world, slips["Jan Lis"])
    login = slips["Jan Lis"].login
    async with connection.transaction():
        await connection.execute("SELECT FROM school_logins WHERE name = $1 FOR UPDATE", login)
        linking = asyncio.ensure_future(link(anna, login))
        await until(world.waits_for_a_lock)
        printing = asyncio.ensure_future(printed_anew(world, login))
        await asyncio.sleep(0.2)
    answer, printed = await asyncio.gather(linking, printing, return_exceptions=True)
    assert isinstance(answer, Response)
    if isinstance(printed, Contended):
        await printed_anew(world, login)
    assert (await anna.call("GET", "me/logins")).json() == {"logins": []}


async def test_thirty_links_a_day_are_enough_for_anybody(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip]
) -> None:
    login_id = await linked(world, anna, slips["Jan Lis"])
    for _ in range(29):
        await anna.call("DELETE", f"me/logins/{login_id}")
        assert (await link(anna, slips["Jan Lis"].login)).status_code == 201
    await anna.call("DELETE", f"me/logins/{login_id}")
    assert code_of(await link(anna, slips["Jan Lis"].login)) == (429, "too_many_requests")


async def test_with_the_account_its_links_go_and_the_logins_stay(
    world: AccountsWorld, anna: SignedIn, boris: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    login_id = await linked(world, anna, slips["Jan Lis"])
    await connection.execute("UPDATE accounts SET deletion_at = $1 WHERE email = $2", world.clock(), ADDRESS)
    assert await delete_due_accounts(connection, world.clock()) == 1
    last = (await links_told(world))[-1]
    assert (last.login_id, last.account_id, last.version) == (login_id, None, 2)
    assert (await link(boris, slips["Jan Lis"].login)).status_code == 201


async def test_all_links_are_told_once_more_also_those_that_have_ended(
    world: AccountsWorld, anna: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    login_id = await linked(world, anna, slips["Jan Lis"])
    await linked(world, anna, slips["Ala Lis"])
    await anna.call("DELETE", f"me/logins/{login_id}")
    newest = {told.login_id: told for told in await links_told(world)}
    await connection.execute("DELETE FROM outbox")
    async for _ in tell_all(connection, world.clock()):
        pass
    assert {told.login_id: told for told in await links_told(world)} == newest


async def _ended_by(world: AccountsWorld) -> list[str]:
    return [event.data.by for event in await world.events() if isinstance(event.data, LoginUnlinked)]
