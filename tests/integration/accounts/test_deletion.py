"""Deleting an account: seven days to think it over, then nothing of it is left."""

from datetime import UTC, datetime

import pyotp
from tests.integration.accounts.accounts_world import ADDRESS, OTHER_PASSWORD, PASSWORD, AccountsWorld, SignedIn, fields

from accounts.scheduler import jobs
from shared.contracts.accounts import (
    AccountDeleted,
    AccountDeletionCancelled,
    AccountDeletionRequested,
    PasswordChanged,
)
from shared.contracts.sessions import SessionRevoked

OF_AN_ACCOUNT = (
    "accounts",
    "tokens",
    "sessions",
    "devices",
    "sign_ins",
    "recovery_codes",
    "second_factor_setups",
    "email_changes",
)


async def ask(person: SignedIn, **code: str) -> str:
    answer = await person.call("POST", "me/deletion", {"password": PASSWORD, **code})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["deletion_at"])


async def sweep(world: AccountsWorld) -> None:
    (job,) = [job for job in jobs(world.clock, expiry_seconds=60) if job.name == "account_deletion"]
    async with world.pool.acquire() as connection:
        await job.work(connection)


async def test_an_account_is_gone_after_seven_days_with_all_that_belongs_to_it(world: AccountsWorld) -> None:
    person = await world.somebody()
    await person.call("POST", "me/second-factor/setups", {"password": PASSWORD})
    await person.call("POST", "me/email-changes", {"email": "anna.kowalska@example.org", "password": PASSWORD})
    await ask(person)
    event = await world.last(AccountDeletionRequested)
    assert (event.deleted_at - event.requested_at).days == 7
    await world.signed_in()

    world.clock.forward(days=7, seconds=-1)
    await sweep(world)
    assert len(await world.rows("accounts")) == 1
    world.clock.forward(seconds=1)
    await sweep(world)

    for table in OF_AN_ACCOUNT:
        assert await world.rows(table) == [], table
    deleted = await world.last(AccountDeleted)
    assert deleted.account_id == event.account_id
    assert deleted.version > event.version
    assert (await world.last(SessionRevoked)).reason == "account_deleted"
    assert (await world.sign_in()).status_code == 401
    dump = "".join([row for table in ("outbox", "failed_attempts", "mail_requests") for row in await world.rows(table)])
    assert ADDRESS not in dump


async def test_seven_days_are_as_long_where_warsaw_changes_its_clocks_within_them(world: AccountsWorld) -> None:
    world.clock.now = datetime(2026, 10, 23, 10, 0, tzinfo=UTC)
    await ask(await world.somebody())
    world.clock.forward(days=7, seconds=-1)
    await sweep(world)
    assert len(await world.rows("accounts")) == 1
    world.clock.forward(seconds=1)
    await sweep(world)
    assert await world.rows("accounts") == []


async def test_the_address_can_register_again_afterwards(world: AccountsWorld) -> None:
    await ask(await world.somebody())
    world.clock.forward(days=7)
    await sweep(world)
    await world.register()
    assert (await world.happened())[-1] == "AccountRegistered"


async def test_an_account_can_be_kept_until_the_last_moment(world: AccountsWorld) -> None:
    await ask(await world.somebody())
    world.clock.forward(days=6, hours=23)
    person = await world.signed_in()
    assert (await person.call("GET", "me")).json()["deletion_at"] is not None
    assert (await person.call("DELETE", "me/deletion")).status_code == 200

    world.clock.forward(days=1)
    await sweep(world)
    assert (await world.happened())[-1] == "AccountDeletionCancelled"
    assert (await world.last(AccountDeletionCancelled)).by_reset is False
    assert (await world.sign_in()).status_code == 201


async def test_who_reads_the_mailbox_keeps_the_account_without_signing_in(world: AccountsWorld) -> None:
    thief = await world.somebody()
    setup = await thief.call("POST", "me/second-factor/setups", {"password": PASSWORD})
    code = pyotp.TOTP(setup.json()["secret"]).at(world.clock.now)
    switched_on = await thief.call("PUT", "me/second-factor", {"code": code})
    await ask(thief, code=switched_on.json()["recovery_codes"][0])

    await world.ask_for_reset()
    body = {"token": await world.reset_token(), "new_password": OTHER_PASSWORD}
    assert (await world.post("password-resets/completions", body)).status_code == 200
    assert fields(await world.sign_in(password=OTHER_PASSWORD)) == {"code": "code_needed"}
    assert (await world.happened())[-2:] == ["PasswordChanged", "AccountDeletionCancelled"]
    changed, kept = await world.last(PasswordChanged), await world.last(AccountDeletionCancelled)
    account = await world.account()
    assert account is not None
    assert (kept.by_reset, kept.version, account["version"]) == (True, changed.version + 1, changed.version + 1)

    world.clock.forward(days=8)
    await sweep(world)
    assert await world.account() is not None


async def test_a_new_password_of_somebody_who_is_signed_in_does_not_move_the_day(world: AccountsWorld) -> None:
    person = await world.somebody()
    day = await ask(person)
    await person.call("PUT", "me/password", {"password": PASSWORD, "new_password": OTHER_PASSWORD})
    assert (await person.call("GET", "me")).json()["deletion_at"] == day


async def test_asking_again_does_not_move_the_day_and_tells_nobody_twice(world: AccountsWorld) -> None:
    person = await world.somebody()
    first = await ask(person)
    world.clock.forward(minutes=5)
    assert await ask(person) == first
    assert (await world.happened()).count("AccountDeletionRequested") == 1


async def test_the_password_is_asked_for(world: AccountsWorld) -> None:
    person = await world.somebody()
    answer = await person.call("POST", "me/deletion", {"password": OTHER_PASSWORD})
    assert fields(answer) == {"password": "wrong_password"}


async def test_what_is_not_to_be_deleted_cannot_be_kept(world: AccountsWorld) -> None:
    person = await world.somebody()
    answer = await person.call("DELETE", "me/deletion")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_to_be_deleted")
