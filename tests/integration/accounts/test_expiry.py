"""What the scheduler ends and forgets."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.integration.accounts.accounts_world import START, AccountsWorld

from accounts.handlers.expiry import CHUNK, expire_due_registrations
from accounts.scheduler import TOKENS_KEPT, jobs
from shared.contracts.accounts import AccountRegistered, RegistrationExpired
from shared.runtime.events import new_id
from shared.runtime.i18n import WARSAW
from shared.runtime.scheduler import run_alone


async def sweep(world: AccountsWorld) -> int:
    async with world.pool.acquire() as connection:
        return await expire_due_registrations(connection, world.clock.now)


async def test_after_fourteen_days_everything_entered_is_deleted_and_told(world: AccountsWorld) -> None:
    await world.register()
    registered = await world.last(AccountRegistered)
    world.clock.forward(days=14, microseconds=-1)
    assert await sweep(world) == 0
    world.clock.forward(microseconds=1)
    assert await sweep(world) == 1

    assert await world.rows("accounts") == []
    expired = await world.last(RegistrationExpired)
    assert (expired.account_id, expired.version) == (registered.account_id, registered.version + 1)
    assert "anna" not in "".join([*await world.rows("tokens"), *await world.rows("mail_requests")])
    assert (await world.activate((await world.tokens())[0])).json()["code"] == "token_expired"


@pytest.mark.parametrize(
    "registered_at", [datetime(2026, 3, 20, 11, 0, tzinfo=UTC), datetime(2026, 10, 20, 10, 0, tzinfo=UTC)]
)
async def test_fourteen_days_are_as_long_where_warsaw_changes_its_clocks_within_them(
    registered_at: datetime, world: AccountsWorld
) -> None:
    world.clock.now = registered_at
    await world.register()
    registered = await world.last(AccountRegistered)
    beginning, end = registered.registered_at.astimezone(WARSAW), registered.expires_at.astimezone(WARSAW)
    assert beginning.utcoffset() != end.utcoffset()
    world.clock.forward(days=14, microseconds=-1)
    assert await sweep(world) == 0
    world.clock.forward(microseconds=1)
    assert await sweep(world) == 1


async def test_a_clock_that_jumps_back_ends_nothing_twice_and_keeps_nobody_out(world: AccountsWorld) -> None:
    await world.register()
    world.clock.forward(days=14)
    assert await sweep(world) == 1
    world.clock.forward(days=-1)
    assert await sweep(world) == 0
    await world.register()
    world.clock.forward(days=1)
    assert await sweep(world) == 0
    assert await world.happened() == ["AccountRegistered", "RegistrationExpired", "AccountRegistered"]


async def test_active_accounts_never_run_out(world: AccountsWorld) -> None:
    await world.active_account()
    world.clock.forward(days=400)

    assert await sweep(world) == 0
    assert await world.account() is not None


async def test_an_address_can_register_again_after_it_ran_out(world: AccountsWorld) -> None:
    await world.register()
    world.clock.forward(days=14)
    await sweep(world)
    await world.register()

    assert await world.happened() == ["AccountRegistered", "RegistrationExpired", "AccountRegistered"]
    assert (await world.activate((await world.tokens())[0])).status_code == 200


async def test_two_schedulers_at_once_end_each_registration_once(world: AccountsWorld) -> None:
    people = 2 * CHUNK + 100
    await world.pool.execute(
        "INSERT INTO accounts (account_id, email, email_key, password_hash, age_bracket, language, registered_at,"
        " expires_at) SELECT id, id || '@example.org', id || '@example.org', '-', 'adult', 'pl', $2, $2"
        " FROM unnest($1::uuid[]) AS id",
        [new_id() for _ in range(people)],
        START,
    )

    ended = await asyncio.gather(*(sweep(world) for _ in range(4)))
    ended.append(await sweep(world))

    assert sum(ended) == people
    assert await world.rows("accounts") == []
    keys = await world.pool.fetch("SELECT DISTINCT key FROM outbox")
    assert len(keys) == len(await world.rows("outbox")) == people


async def test_of_an_activation_and_the_end_at_the_same_moment_one_wins(world: AccountsWorld) -> None:
    for number in range(20):
        email = f"person{number}@example.org"
        await world.register(email)
        token, _ = await world.tokens()
        moment = world.clock.now + timedelta(days=14)
        async with world.pool.acquire() as connection:
            activated, ended = await asyncio.gather(world.activate(token), expire_due_registrations(connection, moment))
        account = await world.account(email)
        if activated.status_code == 200:
            assert ended == 0
            assert account is not None
        else:
            assert (activated.json()["code"], ended) == ("token_expired", 1)
            assert account is None
        last = (await world.happened())[-1]
        assert last == ("AccountActivated" if account else "RegistrationExpired")


async def test_links_can_say_that_they_ran_out_for_thirty_days_more(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    work = {job.name: job for job in jobs(world.clock, expiry_seconds=60)}
    expiry, forgetting = work["registration_expiry"], work["token_age"]
    world.clock.forward(days=14)
    await run_alone(world.pool, expiry)
    world.clock.forward(days=TOKENS_KEPT.days)
    await run_alone(world.pool, forgetting)
    assert (await world.activate(token)).json()["code"] == "token_expired"

    world.clock.forward(seconds=1)
    await run_alone(world.pool, forgetting)
    assert (await world.activate(token)).json()["code"] == "token_unknown"
    assert await world.rows("tokens") == []


async def test_who_asked_for_mails_is_forgotten_when_no_limit_needs_it(world: AccountsWorld) -> None:
    await world.register()
    await world.ask_again("nobody@example.org")
    (forgetting,) = [job for job in jobs(world.clock, expiry_seconds=60) if job.name == "token_age"]
    world.clock.forward(minutes=59)
    await run_alone(world.pool, forgetting)
    assert len(await world.rows("mail_requests")) == 2

    world.clock.forward(minutes=2)
    await run_alone(world.pool, forgetting)
    assert await world.rows("mail_requests") == []


async def test_the_end_is_found_by_an_index(world: AccountsWorld) -> None:
    plan = await world.pool.fetch(
        "EXPLAIN SELECT account_id, version FROM accounts WHERE state = 'pending' AND expires_at <= now()"
        " ORDER BY expires_at LIMIT 500"
    )
    assert any("accounts_to_expire" in row[0] for row in plan)
