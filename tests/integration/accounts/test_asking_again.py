"""Asking for the activation link again."""

from datetime import timedelta

from tests.integration.accounts.accounts_world import ADDRESS, START, AccountsWorld

from shared.contracts.accounts import ActivationRequested


async def test_a_new_link_replaces_both_earlier_ones(world: AccountsWorld) -> None:
    await world.register(language="uk")
    earlier = await world.tokens()
    world.clock.forward(days=3)
    answer = await world.ask_again(ADDRESS.upper())

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    event = await world.last(ActivationRequested)
    assert (event.language, event.version, event.expires_at) == ("uk", 2, START + timedelta(days=14))
    for token in earlier:
        assert (await world.activate(token)).json()["code"] == "token_revoked"
    assert (await world.activate((await world.tokens())[1])).status_code == 200


async def test_within_a_minute_of_the_last_mail_its_link_stays_good(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()
    world.clock.forward(seconds=30)
    await world.ask_again()

    assert await world.happened() == ["AccountRegistered"]
    assert (await world.activate(token)).status_code == 200


async def test_nothing_is_sent_to_an_address_that_nobody_registered(world: AccountsWorld) -> None:
    answer = await world.ask_again("nobody@example.org")

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    assert await world.happened() == []


async def test_nothing_is_sent_to_an_active_address(world: AccountsWorld) -> None:
    await world.active_account()
    await world.ask_again()

    assert await world.happened() == ["AccountRegistered", "AccountActivated"]


async def test_nothing_is_sent_when_the_registration_has_run_out(world: AccountsWorld) -> None:
    await world.register()
    world.clock.forward(days=14)
    await world.ask_again()

    assert await world.happened() == ["AccountRegistered"]
