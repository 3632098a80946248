"""The same request sent twice with its Idempotency-Key: one effect, one answer."""

import asyncio

from tests.integration.accounts.accounts_world import AccountsWorld, fields


async def test_a_registration_sent_again_with_its_key_is_one_registration(world: AccountsWorld) -> None:
    first = await world.register(key="k-1")
    world.clock.forward(minutes=5)
    second = await world.register(key="k-1")

    assert (second.status_code, second.content) == (first.status_code, first.content) == (202, first.content)
    assert await world.happened() == ["AccountRegistered"]


async def test_asking_again_sent_twice_with_its_key_mails_one_link(world: AccountsWorld) -> None:
    await world.register()
    for _ in range(2):
        world.clock.forward(minutes=5)
        await world.ask_again(key="k-1")

    assert await world.happened() == ["AccountRegistered", "ActivationRequested"]


async def test_an_activation_whose_answer_was_lost_gets_it_again(world: AccountsWorld) -> None:
    await world.register()
    token, _ = await world.tokens()

    answers = await asyncio.gather(*(world.activate(token, key="k-1") for _ in range(5)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert (await world.happened()).count("AccountActivated") == 1


async def test_a_key_with_another_body_is_refused(world: AccountsWorld) -> None:
    await world.register(key="k-1")
    answer = await world.register("another@example.org", key="k-1")

    assert answer.status_code == 422
    assert fields(answer) == {"Idempotency-Key": "key_reused"}
    assert len(await world.rows("accounts")) == 1


async def test_one_key_on_two_operations_is_two_requests(world: AccountsWorld) -> None:
    await world.register(key="k-1")
    world.clock.forward(minutes=5)

    assert (await world.ask_again(key="k-1")).status_code == 202
    assert await world.happened() == ["AccountRegistered", "ActivationRequested"]


async def test_the_table_of_keys_holds_no_password(world: AccountsWorld) -> None:
    await world.register(key="k-1")

    (row,) = await world.rows("idempotency_keys")
    assert "rowery" not in row
    assert b"rowery".hex() not in row
