"""Signing in: with what, with which answer, and what is told to whom."""

import asyncio
import unicodedata

import argon2
import pytest
from tests.integration.accounts.accounts_world import (
    ADDRESS,
    CHROME,
    FIREFOX,
    OTHER_PASSWORD,
    PASSWORD,
    SCHOOL,
    AccountsWorld,
    fields,
)
from tests.integration.accounts.browser import Browser

from accounts.domain.devices import MOST_TOKENS
from accounts.domain.sessions import MOST_SESSIONS
from shared.contracts.accounts import SignedInFromNewDevice
from shared.contracts.sessions import SessionRevoked

DEVICE = "__Host-device"
JAN = "jan@example.org"


async def test_address_and_password_begin_a_session(world: AccountsWorld) -> None:
    await world.active_account()
    answer = await world.sign_in("Anna.Nowak@EXAMPLE.org", browser=FIREFOX)

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    person = await world.signed_in(browser=FIREFOX)
    me = (await person.call("GET", "me")).json()
    assert me == {
        "account_id": answer.json()["account_id"],
        "email": ADDRESS,
        "language": "pl",
        "second_factor": False,
        "new_email": None,
        "deletion_at": None,
    }


@pytest.mark.parametrize(
    ("email", "password"), [(ADDRESS, OTHER_PASSWORD), ("nobody@example.org", PASSWORD), ("jan@example.org", PASSWORD)]
)
async def test_a_wrong_password_an_unknown_and_a_pending_address_get_one_answer(
    world: AccountsWorld, email: str, password: str
) -> None:
    await world.active_account()
    await world.register("jan@example.org")
    answer = await world.sign_in(email, password)

    assert (answer.status_code, answer.json()) == (
        401,
        {
            "type": "/problems/wrong_credentials",
            "title": "Address or password are wrong, or the account is not active",
            "status": 401,
            "code": "wrong_credentials",
            "errors": [],
        },
    )
    assert answer.headers["www-authenticate"] == 'Bearer realm="dzwonek"'


async def test_a_password_is_compared_however_a_keyboard_writes_it(world: AccountsWorld) -> None:
    await world.register(password="żółte rowery dwa")
    await world.activate((await world.tokens())[0], password="żółte rowery dwa")

    decomposed = unicodedata.normalize("NFD", "żółte rowery dwa")
    assert (await world.sign_in(password=decomposed)).status_code == 201


async def test_neither_token_is_kept_in_clear(world: AccountsWorld) -> None:
    person = await world.somebody()

    dump = "".join([*await world.rows("sessions"), *await world.rows("outbox"), *await world.rows("devices")])
    for secret in (person.access_token, person.session_token):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_a_hash_with_outdated_parameters_is_made_anew(world: AccountsWorld) -> None:
    await world.active_account()
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await world.pool.execute("UPDATE accounts SET password_hash = $1", old)
    assert (await world.sign_in()).status_code == 201

    account = await world.account()
    assert account is not None
    assert account["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await world.sign_in()).status_code == 201


async def test_the_first_sign_in_alarms_nobody_and_a_new_browser_does(world: AccountsWorld) -> None:
    await world.active_account()
    await world.sign_in(browser=FIREFOX)
    assert "SignedInFromNewDevice" not in await world.happened()

    await world.sign_in(browser=CHROME)
    event = await world.last(SignedInFromNewDevice)
    account = await world.account()
    assert account is not None
    assert (event.browser, event.system, event.signed_in_at) == ("Chrome", "Windows", world.clock.now)
    assert (event.account_id, event.version) == (account["account_id"], account["version"])


async def test_a_browser_is_known_again_by_its_cookie(world: AccountsWorld) -> None:
    await world.active_account()
    browser = Browser(world.client)
    for _ in range(3):
        assert (await browser.sign_in()).status_code == 303
    assert "SignedInFromNewDevice" not in await world.happened()
    await Browser(world.client).sign_in()
    assert (await world.happened()).count("SignedInFromNewDevice") == 1


async def test_a_family_at_one_computer_is_known_again_each_of_them(world: AccountsWorld) -> None:
    await world.active_account()
    await world.active_account(JAN)
    browser = Browser(world.client)
    for _ in range(3):
        for email in (ADDRESS, JAN):
            assert (await browser.sign_in(email)).status_code == 303
    assert "SignedInFromNewDevice" not in await world.happened()


async def test_more_accounts_than_fit_into_the_cookie_make_room_for_one_another(world: AccountsWorld) -> None:
    emails = [f"person{number}@example.org" for number in range(MOST_TOKENS + 1)]
    browser = Browser(world.client)
    for email in emails:
        await world.active_account(email)
        await browser.sign_in(email)
    for email, alarms in ((emails[-1], 0), (emails[1], 0), (emails[0], 1)):
        assert (await browser.sign_in(email)).status_code == 303
        assert (await world.happened()).count("SignedInFromNewDevice") == alarms


@pytest.mark.parametrize("known_to_the_thief", [False, True])
async def test_a_cookie_that_was_planted_is_not_known_afterwards(
    world: AccountsWorld, known_to_the_thief: bool
) -> None:
    await world.active_account()
    await world.sign_in()
    thief = Browser(world.client, cookies={DEVICE: "planted"})
    if known_to_the_thief:
        await world.active_account(JAN)
        await thief.sign_in(JAN)
    planted = thief.cookies[DEVICE]

    victim = Browser(world.client, cookies={DEVICE: planted})
    await victim.sign_in()
    await Browser(world.client, cookies={DEVICE: planted}).sign_in()
    assert (await world.happened()).count("SignedInFromNewDevice") == 2


async def test_a_shared_computer_is_known_again_by_where_it_stands(world: AccountsWorld) -> None:
    await world.active_account()
    await world.sign_in(browser=FIREFOX)
    for _ in range(3):
        await world.sign_in(browser=CHROME, network=SCHOOL, shared_computer=True)
    assert (await world.happened()).count("SignedInFromNewDevice") == 1
    await world.sign_in(browser=CHROME, network="203.0.113.5", shared_computer=True)
    assert (await world.happened()).count("SignedInFromNewDevice") == 2


async def test_what_a_browser_says_of_itself_never_gets_further_than_our_list(world: AccountsWorld) -> None:
    await world.active_account()
    await world.sign_in(browser=FIREFOX)
    await world.sign_in(browser="<script>alert(1)</script> anna.nowak@example.org")

    event = await world.last(SignedInFromNewDevice)
    assert (event.browser, event.system) == (None, None)
    assert "script" not in "".join(await world.rows("sessions"))


async def test_very_many_sessions_end_those_least_used(world: AccountsWorld) -> None:
    first = await world.somebody()
    for _ in range(MOST_SESSIONS):
        world.clock.forward(seconds=1)
        await world.sign_in()

    assert len(await world.rows("sessions")) == MOST_SESSIONS
    assert not await first.knows_me()
    ended = await world.last(SessionRevoked)
    assert (ended.session_id, ended.reason) == (first.session_id, "replaced")


async def test_a_session_that_begins_while_the_password_is_reset_does_not_outlive_it(world: AccountsWorld) -> None:
    await world.active_account()
    await world.post("password-resets", {"email": ADDRESS})
    token = await world.reset_token()

    answers = await asyncio.gather(
        *(world.sign_in(network=f"192.0.2.{number}") for number in range(8)),
        world.post("password-resets/completions", {"token": token, "new_password": OTHER_PASSWORD}),
    )

    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers[:-1]} <= {201, 401}
    assert await world.rows("sessions") == []


async def test_signing_in_is_remembered_for_its_owner(world: AccountsWorld) -> None:
    await world.active_account()
    await world.sign_in(browser=FIREFOX, shared_computer=True)

    (row,) = await world.pool.fetch("SELECT * FROM sign_ins")
    assert (row["browser"], row["system"], row["shared_computer"]) == ("Firefox", "Android", True)
    assert row["signed_in_at"] == world.clock.now


@pytest.mark.parametrize("field", ["email", "password"])
async def test_a_missing_field_is_named(world: AccountsWorld, field: str) -> None:
    body = {"email": ADDRESS, "password": PASSWORD}
    del body[field]
    assert fields(await world.post("sessions", body)) == {field: "missing"}


async def test_a_session_on_a_shared_computer_is_short(world: AccountsWorld) -> None:
    await world.active_account()
    shared = await world.signed_in(shared_computer=True)
    own = await world.signed_in()
    (listed,) = [one for one in (await own.call("GET", "sessions")).json()["sessions"] if one["shared_computer"]]
    assert listed["session_id"] == str(shared.session_id)
    world.clock.forward(minutes=15)
    assert (await shared.refresh()).json()["code"] == "session_ended"
    assert (await own.refresh()).status_code == 200
