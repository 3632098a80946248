"""A school's office hands out logins, by the API; teachers and guardians print one anew."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.integration.accounts.accounts_world import AccountsWorld, SignedIn
from tests.integration.accounts.logins.calls import OWN, code_of, first_time, sign_in
from tests.integration.accounts.logins.office import at_work, class_3b, school_of, staff_slips

from accounts.domain.school_logins import Kind
from accounts.handlers.handing_out import Slip
from accounts.store import printed_slips
from shared.contracts.accounts import LoginUnlinked
from shared.runtime.postgres import Connection


@pytest.fixture
async def secretary(world: AccountsWorld, connection: Connection) -> SignedIn:
    return await at_work(world, connection, "Zofia Wrona")


@pytest.fixture
async def teacher(world: AccountsWorld, connection: Connection) -> SignedIn:
    return await at_work(world, connection, "Iga Kos")


async def login_id_of(connection: Connection, slip: Slip) -> UUID:
    login_id: UUID = await connection.fetchval("SELECT login_id FROM school_logins WHERE name = $1", slip.login)
    return login_id


async def test_the_office_sees_its_school_and_what_its_classes_lack(
    secretary: SignedIn, connection: Connection
) -> None:
    desks = (await secretary.call("GET", "office")).json()
    assert [school["name"] for school in desks["schools"]] == ["Szkoła nr 1"]
    assert desks["classes"] == []
    answer = await secretary.call("GET", f"office/schools/{desks['schools'][0]['school_id']}/classes")
    assert [tuple(each.values())[1:] for each in answer.json()["classes"]] == [("3b", 2, 6, 0, 0), ("3c", 0, 0, 0, 0)]


async def test_a_class_gets_its_logins_with_passwords_that_open_the_choice_of_another(
    world: AccountsWorld, secretary: SignedIn, connection: Connection
) -> None:
    class_id = await class_3b(connection)
    answer = await secretary.call("POST", f"office/classes/{class_id}/slips", {})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    slips = answer.json()["slips"]
    assert [slip["person"].split()[0] for slip in slips] == ["Ala", "Jan", "Ewa", "Ola", "Jan", "Ewa"]
    assert code_of(await sign_in(world, slips[0]["login"], slips[0]["password"])) == (422, "new_password_needed")
    people = (await secretary.call("GET", f"office/classes/{class_id}")).json()["people"]
    assert [person["login"] for person in people] == [slip["login"] for slip in slips]
    assert all(person["unused"] for person in people)
    again = (await secretary.call("POST", f"office/classes/{class_id}/slips", {})).json()
    assert (again["slips"], again["new"], again["kept"]) == ([], 0, 6)
    anew = (await secretary.call("POST", f"office/classes/{class_id}/slips", {"again": True})).json()
    assert [slip["login"] for slip in anew["slips"]] == [slip["login"] for slip in slips]


async def test_staff_get_logins_by_the_office_alone(secretary: SignedIn, connection: Connection) -> None:
    school = (await school_of(connection)).school_id
    people = (await secretary.call("GET", f"office/schools/{school}/staff")).json()["people"]
    assert [(person["person"], person["unused"]) for person in people] == [("Iga Kos", True), ("Zofia Wrona", False)]
    again = await secretary.call("POST", f"office/schools/{school}/staff/slips", {"again": True})
    assert [slip["person"] for slip in again.json()["slips"]] == ["Iga Kos"]


async def test_a_lost_slip_is_printed_anew(
    world: AccountsWorld, secretary: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await first_time(world, slips["Jan Lis"])
    answer = await secretary.call("POST", f"logins/{await login_id_of(connection, slips['Jan Lis'])}/slip")
    assert answer.status_code == 201
    slip = answer.json()
    assert (slip["login"], slip["person"], slip["pupil"]) == (slips["Jan Lis"].login, "Jan Lis", "Ala Lis")
    assert code_of(await sign_in(world, slip["login"], OWN)) == (401, "wrong_credentials")
    assert (await sign_in(world, slip["login"], slip["password"], new_password=OWN)).status_code == 201


async def test_a_homeroom_teacher_sees_the_class_and_prints_one_anew_but_makes_no_new_ones(
    teacher: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    class_id, school = await class_3b(connection), (await school_of(connection)).school_id
    desks = (await teacher.call("GET", "office")).json()
    assert ([place["title"] for place in desks["classes"]], desks["schools"]) == (["3b"], [])
    assert len((await teacher.call("GET", f"office/classes/{class_id}")).json()["people"]) == 6
    login_id = await login_id_of(connection, slips["Ala Lis"])
    assert (await teacher.call("POST", f"logins/{login_id}/slip")).status_code == 201
    for method, path in (
        ("POST", f"office/classes/{class_id}/slips"),
        ("GET", f"office/schools/{school}/classes"),
        ("GET", f"office/schools/{school}/staff"),
        ("POST", f"office/schools/{school}/staff/slips"),
    ):
        assert code_of(await teacher.call(method, path, {} if method == "POST" else None)) == (404, "not_found")


async def test_a_guardian_prints_the_childs_own_login_anew_and_no_other(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    jan = await first_time(world, slips["Jan Lis"])
    for name, status in (("Ala Lis", 201), ("Ola Lis", 404), ("Ewa Żak-Lis", 404), ("Jan Lis", 404)):
        answer = await jan.call("POST", f"logins/{await login_id_of(connection, slips[name])}/slip")
        assert answer.status_code == status, name


async def test_a_guardian_whom_a_court_has_shut_out_prints_nothing(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    jan = await first_time(world, slips["Jan Lis"])
    await connection.execute("UPDATE guardianships SET see = false")
    answer = await jan.call("POST", f"logins/{await login_id_of(connection, slips['Ala Lis'])}/slip")
    assert code_of(answer) == (404, "not_found")


AS_HEAD = """
INSERT INTO person_roles (role_id, person_id, school_id, role)
SELECT gen_random_uuid(), person_id, (SELECT org_id FROM orgs WHERE name = $2), 'head' FROM people WHERE given_name = $1
"""


async def test_with_a_guardians_login_that_a_teacher_prints_anew_nobody_gets_into_the_office(
    world: AccountsWorld, teacher: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    await connection.execute(AS_HEAD, "Jan", "Szkoła nr 1")
    answer = await teacher.call("POST", f"logins/{await login_id_of(connection, slips['Jan Lis'])}/slip")
    as_jan = await first_time(world, replace(slips["Jan Lis"], password=answer.json()["password"]))
    assert (await as_jan.call("GET", "office")).json() == {"schools": [], "classes": []}
    school = (await school_of(connection)).school_id
    assert code_of(await as_jan.call("GET", f"office/schools/{school}/staff")) == (404, "not_found")


async def test_who_works_at_two_schools_has_a_login_of_each_that_is_good_for_nothing_of_the_other(
    world: AccountsWorld, secretary: SignedIn, connection: Connection
) -> None:
    await connection.execute(AS_HEAD, "Iga", "Szkoła nr 2")
    here = await connection.fetchrow(
        "SELECT login_id, name FROM school_logins JOIN people USING (person_id) WHERE given_name = 'Iga'"
    )
    assert here is not None
    answer = await secretary.call("POST", f"logins/{here['login_id']}/slip")
    as_iga = await first_time(world, Slip(Kind.STAFF, "Iga Kos", None, None, here["name"], answer.json()["password"]))
    assert (await as_iga.call("GET", "office")).json()["schools"] == []
    elsewhere = await at_work(world, connection, "Iga Kos", "Szkoła nr 2")
    assert [school["name"] for school in (await elsewhere.call("GET", "office")).json()["schools"]] == ["Szkoła nr 2"]
    school = (await school_of(connection, "Szkoła nr 2")).school_id
    there = await connection.fetchval("SELECT login_id FROM school_logins WHERE school_id = $1", school)
    assert code_of(await secretary.call("POST", f"logins/{there}/slip")) == (404, "not_found")


async def test_a_login_follows_the_pupil_to_another_school(
    world: AccountsWorld, secretary: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    login_id = await login_id_of(connection, slips["Ala Lis"])
    moved = """UPDATE person_roles SET school_id = (SELECT org_id FROM orgs WHERE name = 'Szkoła nr 2')
        FROM people WHERE person_roles.person_id = people.person_id AND given_name = 'Ala'"""
    await connection.execute(moved)
    assert code_of(await secretary.call("POST", f"logins/{login_id}/slip")) == (404, "not_found")
    elsewhere = await at_work(world, connection, "Zofia Wrona", "Szkoła nr 2")
    assert (await elsewhere.call("POST", f"logins/{login_id}/slip")).status_code == 201


async def test_one_login_is_printed_anew_a_few_times_and_no_guardian_keeps_the_school_from_it(
    world: AccountsWorld, secretary: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    jan = await first_time(world, slips["Jan Lis"])
    path = f"logins/{await login_id_of(connection, slips['Ala Lis'])}/slip"
    for _ in range(3):
        assert (await jan.call("POST", path)).status_code == 201
    assert code_of(await jan.call("POST", path)) == (429, "too_many_requests")
    for _ in range(5):
        assert (await secretary.call("POST", path)).status_code == 201
    assert code_of(await secretary.call("POST", path)) == (429, "too_many_requests")
    other = f"logins/{await login_id_of(connection, slips['Ola Lis'])}/slip"
    assert (await secretary.call("POST", other)).status_code == 201


@pytest.mark.parametrize(("person", "by"), [("Zofia Wrona", "school"), ("Jan Lis", "guardian")])
async def test_a_link_that_ends_by_it_says_who_has_done_it(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection, person: str, by: str
) -> None:
    anna = await world.somebody()
    await first_time(world, slips["Ala Lis"])
    body = {"login": slips["Ala Lis"].login, "password": OWN}
    assert (await anna.call("POST", "me/logins", body)).status_code == 201
    staff = await staff_slips(world, connection)
    who = await first_time(world, {**staff, **slips}[person])
    assert (await who.call("POST", f"logins/{await login_id_of(connection, slips['Ala Lis'])}/slip")).status_code == 201
    assert [event.data.by for event in await world.events() if isinstance(event.data, LoginUnlinked)] == [by]


async def test_a_portal_account_does_what_its_logins_may(world: AccountsWorld, connection: Connection) -> None:
    slip = (await staff_slips(world, connection))["Zofia Wrona"]
    anna = await world.somebody()
    assert (await anna.call("GET", "office")).json() == {"schools": [], "classes": []}
    body = {"login": slip.login, "password": slip.password, "new_password": OWN}
    assert (await anna.call("POST", "me/logins", body)).status_code == 201
    assert (await anna.call("POST", f"office/classes/{await class_3b(connection)}/slips", {})).status_code == 201


@pytest.mark.parametrize("person", ["Ala Lis", "Jan Lis", "Zofia Wrona"], ids=["a pupil", "a guardian", "elsewhere"])
async def test_whatever_is_somebody_elses_does_not_exist(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection, person: str
) -> None:
    who = (
        await at_work(world, connection, person, "Szkoła nr 2")
        if person == "Zofia Wrona"
        else await first_time(world, slips[person])
    )
    class_id, school = await class_3b(connection), (await school_of(connection)).school_id
    login_id = await login_id_of(connection, slips["Ewa Żak-Lis"])
    before = await connection.fetch("SELECT * FROM school_logins ORDER BY login_id")
    for method, path in (
        ("GET", f"office/schools/{school}/classes"),
        ("GET", f"office/schools/{school}/staff"),
        ("GET", f"office/classes/{class_id}"),
        ("POST", f"office/classes/{class_id}/slips"),
        ("POST", f"office/schools/{school}/staff/slips"),
        ("POST", f"logins/{login_id}/slip"),
        ("POST", f"logins/{uuid4()}/slip"),
        ("GET", f"office/classes/{uuid4()}"),
    ):
        assert code_of(await who.call(method, path, {} if method == "POST" else None)) == (404, "not_found"), path
    assert await connection.fetch("SELECT * FROM school_logins ORDER BY login_id") == before


async def test_who_printed_what_as_what_is_written_down_and_stays(
    world: AccountsWorld, secretary: SignedIn, slips: Mapping[str, Slip], connection: Connection
) -> None:
    ala, jan = slips["Ala Lis"], await first_time(world, slips["Jan Lis"])
    path = f"logins/{await login_id_of(connection, ala)}/slip"
    for who, seconds in ((secretary, 1), (jan, 1)):
        world.clock.forward(seconds=seconds)
        assert (await who.call("POST", path)).status_code == 201
    guardian, school, operator = await printed_slips.of_login(connection, ala.login)
    assert (guardian.capacity, guardian.actor, guardian.person) == ("guardian", slips["Jan Lis"].login, "Jan Lis")
    assert (school.capacity, school.person) == ("school", "Zofia Wrona")
    assert (operator.capacity, operator.actor) == ("operator", None)
    for statement in (
        "DELETE FROM printed_slips",
        "UPDATE printed_slips SET capacity = 'operator'",
        "TRUNCATE printed_slips",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_who_has_left_the_office_hands_out_nothing(secretary: SignedIn, connection: Connection) -> None:
    await connection.execute("UPDATE person_roles SET ends_on = '2026-08-31' WHERE role = 'secretary'")
    answer = await secretary.call("POST", f"office/classes/{await class_3b(connection)}/slips", {})
    assert code_of(answer) == (404, "not_found")


async def test_the_office_sees_at_which_logins_somebody_guesses_and_who_links_with_wrong_passwords(
    world: AccountsWorld, slips: Mapping[str, Slip], connection: Connection
) -> None:
    anna = await world.somebody()
    for _ in range(3):
        await sign_in(world, slips["Ala Lis"].login, "not the password")
        await anna.call("POST", "me/logins", {"login": slips["Ala Lis"].login, "password": "not the password"})
    await sign_in(world, slips["Jan Lis"].login, "not the password")
    path = f"office/schools/{(await school_of(connection)).school_id}/guesses"
    secretary = await at_work(world, connection, "Zofia Wrona")
    [guessed] = (await secretary.call("GET", path)).json()["logins"]
    assert guessed["name"] == slips["Ala Lis"].login
    assert (guessed["sign_ins"], guessed["links"]) == (3, 2)
    assert code_of(await anna.call("GET", path)) == (404, "not_found")
