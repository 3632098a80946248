"""Registering, against a real database: what is stored, what is told, and to whom."""

import asyncio
from datetime import timedelta

import argon2
import pytest
from tests.integration.accounts.accounts_world import ADDRESS, PASSWORD, START, AccountsWorld

from shared.contracts.accounts import AccountRegistered, ActivationRequested, RegistrationAttempted
from shared.terms import current_version


async def test_registering_makes_a_pending_account_and_tells_notifications(world: AccountsWorld) -> None:
    answer = await world.register(language="uk")

    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    account = await world.account()
    assert account is not None
    assert (account["state"], account["version"], account["age_bracket"]) == ("pending", 1, "adult")
    event = await world.last(AccountRegistered)
    assert event.account_id == account["account_id"]
    assert (event.language, event.terms_version) == ("uk", current_version())
    assert (event.registered_at, event.expires_at) == (START, START + timedelta(days=14))
    assert world.unsealer.open(event.email) == ADDRESS


async def test_the_password_is_kept_only_as_argon2id(world: AccountsWorld) -> None:
    await world.register()

    account = await world.account()
    assert account is not None
    assert account["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert argon2.PasswordHasher().verify(account["password_hash"], PASSWORD)


async def test_the_outbox_and_the_tables_hold_no_address_and_no_token_in_clear(world: AccountsWorld) -> None:
    await world.register("zofia@example.org")
    tokens = await world.tokens()

    dump = "".join([*await world.rows("outbox"), *await world.rows("tokens"), *await world.rows("mail_requests")])
    values = b"".join(row["value"] for row in await world.pool.fetch("SELECT value FROM outbox")).decode()
    for secret in ("zofia", PASSWORD, *tokens):
        assert secret not in dump
        assert secret.encode().hex() not in dump
        assert secret not in values


async def test_the_address_is_kept_as_given_with_an_ascii_domain(world: AccountsWorld) -> None:
    await world.register("Zofia+Szkola@Żółw.example")

    account = await world.account("zofia+szkola@xn--w-uga1v8h.example")
    assert account is not None
    assert account["email"] == "Zofia+Szkola@xn--w-uga1v8h.example"


async def test_twenty_registrations_of_one_address_at_once_make_one_account_and_one_mail(world: AccountsWorld) -> None:
    spellings = [ADDRESS.upper() if number % 2 else ADDRESS for number in range(20)]

    answers = await asyncio.gather(*(world.register(spelling) for spelling in spellings))

    assert {answer.status_code for answer in answers} == {202}
    assert await world.happened() == ["AccountRegistered"]
    assert len(await world.rows("accounts")) == 1
    assert len(await world.rows("tokens")) == 2


async def test_within_a_minute_the_first_registration_stands_and_nothing_is_mailed(world: AccountsWorld) -> None:
    await world.register(age_bracket="16_17")
    world.clock.forward(seconds=59)
    await world.register(age_bracket="adult", password="inne dobre haslo")

    account = await world.account()
    assert account is not None
    assert (account["age_bracket"], account["version"]) == ("16_17", 1)
    assert argon2.PasswordHasher().verify(account["password_hash"], PASSWORD)
    assert await world.happened() == ["AccountRegistered"]


async def test_after_a_minute_registering_again_replaces_the_data_and_the_links(world: AccountsWorld) -> None:
    await world.register(age_bracket="16_17", language="pl")
    earlier = await world.tokens()
    world.clock.forward(seconds=60)
    await world.register(age_bracket="13_15", language="en", password="inne dobre haslo")

    account = await world.account()
    assert account is not None
    assert (account["age_bracket"], account["language"], account["version"]) == ("13_15", "en", 2)
    assert argon2.PasswordHasher().verify(account["password_hash"], "inne dobre haslo")
    event = await world.last(ActivationRequested)
    assert (event.account_id, event.version, event.language) == (account["account_id"], 2, "en")
    for token in earlier:
        assert (await world.activate(token)).json()["code"] == "token_revoked"
    token, _ = await world.tokens()
    assert (await world.activate(token, password="inne dobre haslo")).status_code == 200


async def test_asking_again_never_moves_the_end(world: AccountsWorld) -> None:
    await world.register()
    world.clock.forward(days=13)
    await world.register()

    assert (await world.last(ActivationRequested)).expires_at == START + timedelta(days=14)
    account = await world.account()
    assert account is not None
    assert account["expires_at"] == START + timedelta(days=14)


async def test_registering_an_active_address_tells_its_owner_and_changes_nothing(world: AccountsWorld) -> None:
    await world.active_account()
    before = await world.account()
    answer = await world.register(password="haslo kogos innego", language="uk")

    after = await world.account()
    assert before is not None
    assert after is not None
    assert answer.status_code == 202
    unchanged = set(before.keys()) - {"version"}
    assert all(before[name] == after[name] for name in unchanged)
    event = await world.last(RegistrationAttempted)
    assert (event.account_id, event.version) == (after["account_id"], after["version"])


async def test_an_address_that_ran_out_but_was_not_swept_yet_can_register_at_once(world: AccountsWorld) -> None:
    await world.register()
    first = await world.last(AccountRegistered)
    world.clock.forward(days=14)
    await world.register()

    assert await world.happened() == ["AccountRegistered", "RegistrationExpired", "AccountRegistered"]
    second = await world.last(AccountRegistered)
    assert second.account_id != first.account_id
    assert second.expires_at == START + timedelta(days=28)


@pytest.mark.parametrize("ask", ["register", "ask_again"])
async def test_an_address_gets_three_mails_an_hour_however_often_it_is_asked(world: AccountsWorld, ask: str) -> None:
    await world.register()
    for _ in range(5):
        world.clock.forward(minutes=2)
        await getattr(world, ask)()
    assert await world.happened() == ["AccountRegistered", "ActivationRequested", "ActivationRequested"]

    world.clock.forward(minutes=55)
    await getattr(world, ask)()
    assert len(await world.happened()) == 4


async def test_the_owner_of_an_active_address_is_not_flooded_either(world: AccountsWorld) -> None:
    await world.active_account()
    for _ in range(6):
        await world.register()
        world.clock.forward(minutes=2)

    assert (await world.happened()).count("RegistrationAttempted") == 1
    world.clock.forward(hours=1)
    await world.register()
    assert (await world.happened()).count("RegistrationAttempted") == 2


async def test_twenty_askings_at_once_mail_one_link(world: AccountsWorld) -> None:
    await world.register()
    world.clock.forward(minutes=5)

    await asyncio.gather(*(world.ask_again() for _ in range(10)), *(world.register() for _ in range(10)))

    assert await world.happened() == ["AccountRegistered", "ActivationRequested"]
    assert (await world.activate((await world.tokens())[1])).status_code == 200
