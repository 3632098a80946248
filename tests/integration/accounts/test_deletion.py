"""Deleting an account: seven days to think it over, then nothing of it is left."""

from tests.integration.accounts.accounts_world import ADDRESS, OTHER_PASSWORD, PASSWORD, AccountsWorld, SignedIn, fields

from accounts.scheduler import jobs
from shared.contracts.accounts import AccountDeleted, AccountDeletionRequested
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


async def ask(person: SignedIn) -> str:
    answer = await person.call("POST", "me/deletion", {"password": PASSWORD})
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
    assert (await world.sign_in()).status_code == 201


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
