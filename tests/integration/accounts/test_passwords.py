"""A password that is changed or was forgotten: who may, what ends, who is told."""

import asyncio

import pytest
from tests.integration.accounts.accounts_world import ADDRESS, OTHER_PASSWORD, PASSWORD, AccountsWorld, fields
from tests.waiting import until

from accounts.domain.email_address import EmailAddress
from accounts.domain.tokens import new_token
from accounts.handlers.password_reset import ask_for_reset
from shared.contracts.accounts import PasswordChanged, PasswordResetRequested


async def ask(world: AccountsWorld, email: str = ADDRESS) -> None:
    answer = await world.post("password-resets", {"email": email})
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})


async def reset(world: AccountsWorld, token: str, password: str = OTHER_PASSWORD) -> str:
    """Sets the password by a link. Returns the code of the answer."""
    answer = await world.post("password-resets/completions", {"token": token, "new_password": password})
    body = answer.json()
    return str(body["errors"][0]["code"] if body.get("errors") else body["status"])


async def test_the_link_sets_the_password_once_and_ends_every_session(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(world)
    token = await world.reset_token()

    assert await reset(world, token) == "done"
    assert not await person.knows_me()
    assert (await world.sign_in()).status_code == 401
    assert (await world.sign_in(password=OTHER_PASSWORD)).status_code == 201
    event = await world.last(PasswordChanged)
    assert (event.by_reset, event.changed_at) == (True, world.clock.now)
    assert "AccountDeletionCancelled" not in await world.happened()
    assert await reset(world, token, "jeszcze inne haslo") == "token_used"


async def test_the_link_works_for_sixty_minutes(world: AccountsWorld) -> None:
    await world.active_account()
    await ask(world)
    token = await world.reset_token()
    event = await world.last(PasswordResetRequested)
    assert (event.expires_at - event.requested_at).total_seconds() == 3600

    world.clock.forward(minutes=60)
    assert await reset(world, token) == "token_expired"


async def test_asking_again_revokes_the_earlier_link(world: AccountsWorld) -> None:
    await world.active_account()
    await ask(world)
    first = await world.reset_token()
    world.clock.forward(minutes=2)
    await ask(world)

    assert await reset(world, first) == "token_revoked"
    assert await reset(world, await world.reset_token()) == "done"


async def test_of_two_people_who_ask_at_once_one_is_mailed_and_the_link_is_good(world: AccountsWorld) -> None:
    await world.active_account()
    await asyncio.gather(*(ask(world) for _ in range(10)))

    assert (await world.happened()).count("PasswordResetRequested") == 1
    assert await reset(world, await world.reset_token()) == "done"


async def test_a_link_used_by_two_at_once_sets_one_password(world: AccountsWorld) -> None:
    await world.active_account()
    await ask(world)
    token = await world.reset_token()
    passwords = [OTHER_PASSWORD, "szesc czarnych kotow", "siedem bialych psow"]

    codes = await asyncio.gather(*(reset(world, token, password) for password in passwords))

    assert sorted(codes) == ["done", "token_used", "token_used"]
    statuses = [(await world.sign_in(password=password)).status_code for password in passwords]
    assert sorted(statuses) == [201, 401, 401]
    assert statuses.index(201) == codes.index("done")


async def test_nobody_is_mailed_for_an_unknown_or_a_pending_address(world: AccountsWorld) -> None:
    await world.register("jan@example.org")
    world.clock.forward(hours=2)
    await ask(world, "nobody@example.org")
    await ask(world, "jan@example.org")

    assert "PasswordResetRequested" not in await world.happened()


async def test_an_address_gets_three_mails_an_hour(world: AccountsWorld) -> None:
    await world.active_account()
    for _ in range(6):
        await ask(world)
        world.clock.forward(minutes=2)
    assert (await world.happened()).count("PasswordResetRequested") == 3


@pytest.mark.parametrize(("email", "mails"), [(ADDRESS, 1), ("nobody@example.org", 0)])
async def test_many_who_ask_at_once_wait_in_line_whether_the_address_has_an_account_or_not(
    world: AccountsWorld, email: str, mails: int
) -> None:
    await world.active_account()
    async with world.parts.transaction() as transaction:
        await ask_for_reset(world.parts, transaction, EmailAddress(email))
        second = asyncio.create_task(ask(world, email))
        await until(world.waits_for_a_lock)
    await second
    assert (await world.happened()).count("PasswordResetRequested") == mails


async def test_who_registers_an_address_again_and_again_takes_no_reset_away_from_its_owner(
    world: AccountsWorld,
) -> None:
    await world.active_account()
    for _ in range(4):
        await world.register()
        world.clock.forward(minutes=2)
    await ask(world)
    assert await reset(world, await world.reset_token()) == "done"


async def test_a_token_of_another_purpose_or_of_nobody_sets_no_password(world: AccountsWorld) -> None:
    await world.register()
    activation, _ = await world.tokens()
    assert await reset(world, activation) == "token_other_purpose"
    assert await reset(world, new_token()) == "token_unknown"
    await world.activate(activation)
    world.clock.forward(minutes=2)
    await ask(world)
    answer = await world.activate(await world.reset_token())
    assert fields(answer) == {"token": "token_other_purpose"}


async def test_the_token_is_kept_only_as_a_hash_and_travels_sealed(world: AccountsWorld) -> None:
    await world.active_account()
    await ask(world)
    token = await world.reset_token()

    dump = "".join([*await world.rows("tokens"), *await world.rows("outbox")])
    assert token not in dump
    assert token.encode().hex() not in dump


@pytest.mark.parametrize(
    ("password", "code"),
    [("kurz", "password_too_short"), ("password123", "password_common"), (f"{ADDRESS}1", "password_personal")],
)
async def test_a_weak_password_is_refused_and_the_link_stays_good(
    world: AccountsWorld, password: str, code: str
) -> None:
    await world.active_account()
    await ask(world)
    token = await world.reset_token()
    answer = await world.post("password-resets/completions", {"token": token, "new_password": password})

    assert fields(answer) == {"new_password": code}
    assert await reset(world, token) == "done"


async def test_a_reset_forgives_failures(world: AccountsWorld) -> None:
    await world.active_account()
    for _ in range(5):
        await world.sign_in(password=OTHER_PASSWORD)
    assert (await world.sign_in()).status_code == 429
    await ask(world)
    await reset(world, await world.reset_token())
    assert (await world.sign_in(password=OTHER_PASSWORD)).status_code == 201


async def test_a_person_changes_the_password_and_stays_signed_in_here_alone(world: AccountsWorld) -> None:
    elsewhere = await world.somebody()
    person = await world.signed_in()
    await ask(world)
    body = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    answer = await person.call("PUT", "me/password", body)

    assert answer.status_code == 200
    assert await person.knows_me()
    assert not await elsewhere.knows_me()
    assert (await world.last(PasswordChanged)).by_reset is False
    assert await reset(world, await world.reset_token()) == "token_revoked"
    assert (await world.sign_in(password=OTHER_PASSWORD)).status_code == 201


async def test_the_old_password_is_asked_for(world: AccountsWorld) -> None:
    person = await world.somebody()
    body = {"password": OTHER_PASSWORD, "new_password": "szesc czarnych kotow"}
    answer = await person.call("PUT", "me/password", body)

    assert fields(answer) == {"password": "wrong_password"}
    assert (await world.sign_in()).status_code == 201


async def test_guesses_at_the_old_password_are_limited(world: AccountsWorld) -> None:
    person = await world.somebody()
    body = {"password": OTHER_PASSWORD, "new_password": "szesc czarnych kotow"}
    statuses = [(await person.call("PUT", "me/password", body)).status_code for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    assert (await world.sign_in()).status_code == 201


async def test_who_has_just_registered_may_have_forgotten_the_password_already(world: AccountsWorld) -> None:
    await world.register()
    await world.activate((await world.tokens())[0])
    await ask(world)
    assert await reset(world, await world.reset_token()) == "done"
