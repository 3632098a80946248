"""Another address: told to the old one, confirmed at the new one."""

import asyncio

from tests.integration.accounts.accounts_world import ADDRESS, OTHER_PASSWORD, PASSWORD, AccountsWorld, SignedIn, fields
from tests.waiting import until

from accounts.domain.email_address import EmailAddress
from accounts.domain.registration import AgeBracket
from accounts.handlers.registration import Registration, prepare_registration, register
from shared.contracts.accounts import EmailChanged, EmailChangeRequested

NEW = "anna.kowalska@example.org"


async def ask(person: SignedIn, email: str = NEW, password: str = PASSWORD) -> int:
    answer = await person.call("POST", "me/email-changes", {"email": email, "password": password})
    return answer.status_code


async def somebody_else(world: AccountsWorld) -> SignedIn:
    await world.active_account("jan@example.org")
    return await world.signed_in("jan@example.org")


async def confirm(world: AccountsWorld, token: str) -> str:
    """Uses the link. Returns `done` or the code of the problem."""
    body = (await world.post("email-changes/confirmations", {"token": token})).json()
    return str(body.get("code") or body["status"])


async def test_the_address_changes_when_the_link_that_went_there_is_used(world: AccountsWorld) -> None:
    person = await world.somebody()
    assert await ask(person) == 202
    event = await world.last(EmailChangeRequested)
    assert world.unsealer.open(event.new_email) == NEW
    assert (await person.call("GET", "me")).json()["new_email"] == NEW
    assert (await world.sign_in(NEW)).status_code == 401

    assert await confirm(world, await world.confirmation_token()) == "done"
    assert (await world.sign_in(NEW)).status_code == 201
    assert (await world.sign_in(ADDRESS)).status_code == 401
    assert world.unsealer.open((await world.last(EmailChanged)).email) == NEW
    me = (await person.call("GET", "me")).json()
    assert (me["email"], me["new_email"]) == (NEW, None)
    assert await confirm(world, await world.confirmation_token()) == "token_used"


async def test_the_password_is_asked_for(world: AccountsWorld) -> None:
    person = await world.somebody()
    body = {"email": NEW, "password": OTHER_PASSWORD}
    assert fields(await person.call("POST", "me/email-changes", body)) == {"password": "wrong_password"}
    assert "EmailChangeRequested" not in await world.happened()


async def test_the_same_address_is_no_change(world: AccountsWorld) -> None:
    person = await world.somebody()
    body = {"email": ADDRESS.upper(), "password": PASSWORD}
    assert fields(await person.call("POST", "me/email-changes", body)) == {"email": "email_unchanged"}


async def test_the_asker_learns_nothing_of_an_address_that_has_an_account_and_its_link_changes_nothing(
    world: AccountsWorld,
) -> None:
    await world.active_account(NEW)
    person = await world.somebody()
    assert await ask(person) == 202
    assert (await person.call("GET", "me")).json()["new_email"] == NEW
    assert (await world.happened())[-1] == "EmailChangeRequested"

    assert await confirm(world, await world.confirmation_token()) == "token_revoked"
    assert (await world.sign_in(ADDRESS)).status_code == 201


async def test_who_began_to_register_the_address_without_activating_it_loses_that(world: AccountsWorld) -> None:
    person = await world.somebody()
    assert await ask(person) == 202
    world.clock.forward(minutes=5)
    await world.register(NEW)

    assert await confirm(world, await world.confirmation_token()) == "done"
    assert (await world.happened())[-2:] == ["RegistrationExpired", "EmailChanged"]
    assert len(await world.rows("accounts")) == 1


async def test_an_address_that_is_registered_in_this_very_moment_is_taken_all_the_same(world: AccountsWorld) -> None:
    person = await world.somebody()
    assert await ask(person) == 202
    token = await world.confirmation_token()
    world.clock.forward(minutes=5)
    registration = Registration(EmailAddress(NEW), PASSWORD, AgeBracket.ADULT, "pl")
    prepared = await prepare_registration(world.parts, registration)

    async with world.parts.transaction() as transaction:
        await register(world.parts, transaction, prepared)
        confirming = asyncio.create_task(confirm(world, token))
        await until(world.waits_for_a_lock)

    assert await confirming == "done"
    assert (await world.happened())[-2:] == ["RegistrationExpired", "EmailChanged"]
    assert len(await world.rows("accounts")) == 1


async def test_an_address_that_got_an_account_meanwhile_is_not_taken(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(person)
    token = await world.confirmation_token()
    world.clock.forward(minutes=5)
    await world.register(NEW)
    await world.activate((await world.tokens())[0])

    assert await confirm(world, token) == "token_revoked"
    account = await world.account(ADDRESS)
    assert account is not None


async def test_another_change_revokes_the_first_and_the_link_lasts_a_day(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(person)
    first = await world.confirmation_token()
    await ask(person, "anna.wisniewska@example.org")
    second = await world.confirmation_token()

    assert await confirm(world, first) == "token_revoked"
    world.clock.forward(hours=24)
    assert await confirm(world, second) == "token_expired"


async def test_the_new_mailbox_is_not_flooded(world: AccountsWorld) -> None:
    person = await world.somebody()
    for _ in range(5):
        assert await ask(person) == 202
    assert (await world.happened()).count("EmailChangeRequested") == 1


async def test_nobody_has_mails_sent_to_a_whole_town_by_changes_of_address(world: AccountsWorld) -> None:
    person = await world.somebody()
    assert [await ask(person, f"person{number}@example.org") for number in range(6)] == [202] * 5 + [429]
    assert (await world.happened()).count("EmailChangeRequested") == 5
    body = {"email": NEW, "password": PASSWORD}
    refused = await person.call("POST", "me/email-changes", body)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_requests", "86400")
    assert await ask(await somebody_else(world), NEW) == 202

    world.clock.forward(days=1)
    assert await ask(await world.signed_in(), "person6@example.org") == 202


async def test_a_mistake_uses_up_no_change_of_address(world: AccountsWorld) -> None:
    person = await world.somebody()
    for _ in range(4):
        assert await ask(person, ADDRESS) == 422
        assert await ask(person, password=OTHER_PASSWORD) == 422
    assert [await ask(person, f"person{number}@example.org") for number in range(5)] == [202] * 5


async def test_a_link_used_by_two_at_once_changes_the_address_once(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(person)
    token = await world.confirmation_token()
    codes = await asyncio.gather(*(confirm(world, token) for _ in range(5)))

    assert sorted(codes) == ["done"] + ["token_used"] * 4
    assert (await world.happened()).count("EmailChanged") == 1


async def test_a_password_reset_forgets_the_address_that_waits(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(person)
    token = await world.confirmation_token()
    await world.post("password-resets", {"email": ADDRESS})
    body = {"token": await world.reset_token(), "new_password": OTHER_PASSWORD}
    assert (await world.post("password-resets/completions", body)).status_code == 200

    assert await confirm(world, token) == "token_revoked"


async def test_a_new_password_forgets_the_address_that_waits(world: AccountsWorld) -> None:
    person = await world.somebody()
    await ask(person)
    assert (await person.call("GET", "me")).json()["new_email"] == NEW
    body = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert (await person.call("PUT", "me/password", body)).status_code == 200

    assert (await person.call("GET", "me")).json()["new_email"] is None
    assert await confirm(world, await world.confirmation_token()) == "token_revoked"


async def test_links_that_went_to_the_old_address_work_no_longer(world: AccountsWorld) -> None:
    person = await world.somebody()
    await world.post("password-resets", {"email": ADDRESS})
    token = await world.reset_token()
    await ask(person)
    await confirm(world, await world.confirmation_token())

    answer = await world.post("password-resets/completions", {"token": token, "new_password": OTHER_PASSWORD})
    assert fields(answer) == {"token": "token_revoked"}
