"""Activating by the link's token."""

import asyncio

from tests.integration.accounts.accounts_world import START, AccountsWorld, fields

from accounts.domain.tokens import new_token, token_hash
from shared.contracts.accounts import AccountActivated, AccountRegistered
from shared.terms import current_version


async def test_the_button_activates_the_account_and_accepts_the_terms(world: AccountsWorld) -> None:
    await world.register(language="uk")
    token, _ = await world.tokens()
    world.clock.forward(days=2)
    answer = await world.activate(token)

    account = await world.account()
    assert account is not None
    assert answer.status_code == 200
    assert answer.json()["account_id"] == str(account["account_id"])
    assert (account["state"], account["activated_at"]) == ("active", world.clock.now)
    assert account["terms_version"] == current_version()
    event = await world.last(AccountActivated)
    assert (event.version, event.language, event.terms_version) == (2, "uk", current_version())


async def test_the_reminders_link_activates_as_well(world: AccountsWorld) -> None:
    await world.register()
    _, reminder = await world.tokens()

    assert (await world.activate(reminder)).status_code == 200


async def test_after_activation_every_link_counts_as_used_also_a_revoked_one(world: AccountsWorld) -> None:
    await world.register()
    revoked = await world.tokens()
    world.clock.forward(minutes=5)
    await world.ask_again()
    good, reminder = await world.tokens()
    await world.activate(good)

    for token in (good, reminder, *revoked):
        answer = await world.activate(token)
        assert (answer.status_code, answer.json()["code"]) == (409, "token_used")
        assert fields(answer) == {"token": "token_used"}
    assert (await world.happened()).count("AccountActivated") == 1


async def test_twenty_activations_with_one_token_at_once_have_one_winner(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()

    answers = await asyncio.gather(*(world.activate(token) for _ in range(20)))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"token_used"}
    assert (await world.happened()).count("AccountActivated") == 1


async def test_a_wrong_token_is_unknown(world: AccountsWorld) -> None:
    for token in ("", "x", "a" * 128, "zażółć", "line\r\nbreak", "nul\0", new_token()):
        answer = await world.activate(token)
        assert answer.status_code == 422
        assert fields(answer) == {"token": "token_unknown"}


async def test_a_token_that_ran_out_says_so_before_and_after_the_sweep(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    world.clock.forward(days=14)
    before = await world.activate(token)
    await world.pool.execute("DELETE FROM accounts")
    after = await world.activate(token)

    for answer in (before, after):
        assert (answer.status_code, answer.json()["code"]) == (410, "token_expired")
        assert fields(answer) == {"token": "token_expired"}


async def test_a_token_works_up_to_the_last_moment(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    world.clock.forward(days=14, microseconds=-1)

    assert (await world.activate(token)).status_code == 200


async def test_a_token_for_another_purpose_activates_nothing(world: AccountsWorld) -> None:
    await world.register()
    account_id = (await world.last(AccountRegistered)).account_id
    token = new_token()
    await world.pool.execute(
        "INSERT INTO tokens (token_hash, account_id, purpose, expires_at) VALUES ($1, $2, 'password_reset', $3)",
        token_hash(token),
        account_id,
        START.replace(year=2027),
    )
    answer = await world.activate(token)

    assert answer.status_code == 422
    assert fields(answer) == {"token": "token_other_purpose"}
    assert await world.happened() == ["AccountRegistered"]


async def test_terms_that_are_not_in_force_are_refused_and_the_link_stays_good(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    refused = await world.activate(token, terms_version="2020-01-01")

    assert refused.status_code == 422
    assert fields(refused) == {"terms_version": "terms_outdated"}
    assert (await world.activate(token)).status_code == 200
