"""The second factor: set up with an app, asked for when signing in, no code good twice."""

import asyncio
import dataclasses

import pyotp
from tests.integration.accounts.accounts_world import (
    ADDRESS,
    OTHER_PASSWORD,
    PASSWORD,
    AccountsWorld,
    SignedIn,
    client_of,
    fields,
)
from tests.integration.accounts.browser import Browser, next_code, shown_secret, with_second_factor

from shared.contracts.accounts import SecondFactorChanged, SecondFactorGuessed


async def set_up(person: SignedIn) -> str:
    """The secret that the app has from now on."""
    answer = await person.call("POST", "me/second-factor/setups", {"password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


async def switched_on(world: AccountsWorld, person: SignedIn) -> tuple[pyotp.TOTP, list[str]]:
    """The app, and the recovery codes; the code that switched it on is used up."""
    app = pyotp.TOTP(await set_up(person))
    answer = await person.call("PUT", "me/second-factor", {"code": app.at(world.clock.now)})
    assert answer.status_code == 200, answer.text
    world.clock.forward(seconds=30)
    return app, answer.json()["recovery_codes"]


async def test_it_takes_effect_when_a_code_has_shown_that_the_app_has_the_secret(world: AccountsWorld) -> None:
    person = await world.somebody()
    secret = await set_up(person)
    assert (await world.sign_in()).status_code == 201
    wrong = await person.call("PUT", "me/second-factor", {"code": "000000"})
    assert fields(wrong) == {"code": "wrong_code"}

    answer = await person.call("PUT", "me/second-factor", {"code": pyotp.TOTP(secret).at(world.clock.now)})
    assert len(set(answer.json()["recovery_codes"])) == 10
    assert (await world.last(SecondFactorChanged)).enabled is True
    assert (await person.call("GET", "me")).json()["second_factor"] is True


async def test_signing_in_asks_for_a_code_that_is_good_once(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    code = app.at(world.clock.now)

    assert fields(await world.sign_in()) == {"code": "code_needed"}
    assert fields(await world.sign_in(code="123456")) == {"code": "wrong_code"}
    assert (await world.sign_in(code=f"{code[:3]} {code[3:]}")).status_code == 201
    assert fields(await world.sign_in(code=code)) == {"code": "wrong_code"}


async def test_a_code_sent_by_many_at_once_signs_in_one(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    code = app.at(world.clock.now)
    answers = await asyncio.gather(*(world.sign_in(code=code, network=f"192.0.2.{n}") for n in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422]


async def test_a_phone_whose_clock_is_half_a_minute_off_is_fine(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    world.clock.forward(minutes=5)
    assert (await world.sign_in(code=app.at(world.clock.now, counter_offset=-1))).status_code == 201
    assert (await world.sign_in(code=app.at(world.clock.now, counter_offset=1))).status_code == 201
    assert fields(await world.sign_in(code=app.at(world.clock.now, counter_offset=3))) == {"code": "wrong_code"}


async def test_each_recovery_code_is_good_once(world: AccountsWorld) -> None:
    _, codes = await switched_on(world, await world.somebody())
    assert (await world.sign_in(code=codes[0].upper())).status_code == 201
    assert fields(await world.sign_in(code=codes[0])) == {"code": "wrong_code"}
    assert (await world.sign_in(code=codes[1].replace("-", " "))).status_code == 201


async def test_a_code_is_spent_and_failures_are_forgiven_whatever_is_refused_then(world: AccountsWorld) -> None:
    person = await world.somebody()
    _, codes = await switched_on(world, person)
    for code in codes[:7]:
        wrong = await person.call("POST", "me/second-factor/setups", {"password": PASSWORD, "code": "000000"})
        assert fields(wrong) == {"code": "wrong_code"}
        answer = await person.call("POST", "me/second-factor/setups", {"password": PASSWORD, "code": code})
        assert answer.json()["code"] == "already_on"
    assert fields(await world.sign_in(code=codes[0])) == {"code": "wrong_code"}


async def test_neither_secret_nor_codes_are_kept_in_clear(world: AccountsWorld) -> None:
    person = await world.somebody()
    app, codes = await switched_on(world, person)
    tables = ("accounts", "recovery_codes", "second_factor_setups", "outbox")
    dump = "".join([row for table in tables for row in await world.rows(table)])
    for secret in (app.secret, *codes, *[code.replace("-", "") for code in codes]):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_without_the_password_nothing_is_asked_for(world: AccountsWorld) -> None:
    await switched_on(world, await world.somebody())
    answer = await world.sign_in(password="ktos zgaduje haslo", code="123456")
    assert answer.json()["code"] == "wrong_credentials"


async def test_guesses_at_the_code_are_limited_however_often_the_password_is_shown(world: AccountsWorld) -> None:
    await switched_on(world, await world.somebody())
    statuses = []
    for _ in range(6):
        await world.sign_in()
        statuses.append((await world.sign_in(code="123456")).status_code)
    assert statuses[-1] == 429
    assert statuses.count(422) <= 5


async def test_whoever_has_the_password_guesses_ten_codes_from_however_many_networks(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    guesses = (world.sign_in(code="123456", network=f"203.0.113.{number}") for number in range(20))
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (statuses.count(422), statuses.count(429)) == (10, 10)

    right = await world.sign_in(code=app.at(world.clock.now), network="203.0.113.99")
    assert (right.status_code, right.headers["retry-after"]) == (429, "900")
    world.clock.forward(minutes=15)
    assert (await world.sign_in(code="123456", network="203.0.113.98")).status_code == 422
    assert (await world.sign_in(code="123456", network="203.0.113.97")).headers["retry-after"] == "1800"


async def test_the_owner_is_told_once_a_day_of_somebody_who_knows_the_password_and_guesses_codes(
    world: AccountsWorld,
) -> None:
    await switched_on(world, await world.somebody())
    for number in range(9):
        await world.sign_in(code="123456", network=f"203.0.113.{number}")
    assert "SecondFactorGuessed" not in await world.happened()
    for number in range(10):
        assert (await world.sign_in(code="123456", network=f"203.0.113.{100 + number}")).status_code == 422
        world.clock.forward(hours=1)
    event, account = await world.last(SecondFactorGuessed), await world.account()
    assert account is not None
    assert (event.version, (await world.happened()).count("SecondFactorGuessed")) == (account["version"], 1)

    world.clock.forward(hours=14)
    await world.sign_in(code="123456", network="203.0.113.98")
    assert (await world.happened()).count("SecondFactorGuessed") == 2


async def test_guesses_at_once_are_told_once_and_a_right_code_of_the_last_chance_is_none(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    await asyncio.gather(*(world.sign_in(code="123456", network=f"203.0.113.{number}") for number in range(9)))
    assert (await world.sign_in(code=app.at(world.clock.now), network="203.0.113.97")).status_code == 201
    assert "SecondFactorGuessed" not in await world.happened()
    await asyncio.gather(*(world.sign_in(code="123456", network=f"203.0.113.{number}") for number in range(20)))
    assert (await world.happened()).count("SecondFactorGuessed") == 1


async def test_who_is_stopped_by_wrong_codes_from_elsewhere_uses_up_no_guess_of_their_own(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    for number in range(10):
        await world.sign_in(code="123456", network=f"203.0.113.{number}")
    world.clock.forward(minutes=14)
    for _ in range(6):
        stopped = await world.sign_in(code=app.at(world.clock.now))
        assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "60")
    world.clock.forward(minutes=1)
    assert (await world.sign_in(code=app.at(world.clock.now))).status_code == 201


async def test_wrong_codes_from_elsewhere_keep_a_known_browser_out_as_little_as_wrong_passwords(
    world: AccountsWorld,
) -> None:
    await world.active_account()
    browser = Browser(world.client)
    secret = await with_second_factor(world, browser)
    for number in range(11):
        await world.sign_in(code="123456", network=f"203.0.113.{number}")
    del browser.cookies["__Host-session"]
    needed = await browser.sign_in()
    answer = await browser.post(needed.headers["location"], {"code": next_code(world, secret)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_known_browser_has_five_wrong_codes_and_not_five_more_in_the_second_step(world: AccountsWorld) -> None:
    await world.active_account()
    browser = Browser(world.client)
    await with_second_factor(world, browser)
    del browser.cookies["__Host-session"]
    for _ in range(5):
        needed = await browser.sign_in()
        assert (await browser.post(needed.headers["location"], {"code": "123456"})).status_code == 422

    body = {"email": ADDRESS, "password": PASSWORD, "code": "123456"}
    cookies = {"Cookie": f"__Host-device={browser.cookies['__Host-device']}"}
    assert (await world.client.post("/api/v1/sessions", json=body, headers=cookies)).status_code == 429


async def test_a_new_password_forgives_wrong_codes(world: AccountsWorld) -> None:
    app, _ = await switched_on(world, await world.somebody())
    for number in range(11):
        await world.sign_in(code="123456", network=f"203.0.113.{number}")
    await world.ask_for_reset()
    body = {"token": await world.reset_token(), "new_password": OTHER_PASSWORD}
    await world.post("password-resets/completions", body)
    assert (await world.sign_in(password=OTHER_PASSWORD, code=app.at(world.clock.now))).status_code == 201


async def test_it_is_switched_off_with_password_and_code(world: AccountsWorld) -> None:
    person = await world.somebody()
    app, _ = await switched_on(world, person)
    without = await person.call("POST", "me/second-factor/removals", {"password": PASSWORD})
    assert fields(without) == {"code": "code_needed"}

    body = {"password": PASSWORD, "code": app.at(world.clock.now)}
    assert (await person.call("POST", "me/second-factor/removals", body)).status_code == 200
    event = await world.last(SecondFactorChanged)
    assert (event.enabled, event.by_operator) == (False, False)
    assert (await world.sign_in()).status_code == 201
    assert await world.rows("recovery_codes") == []


async def test_what_matters_asks_for_the_code_too(world: AccountsWorld) -> None:
    person = await world.somebody()
    app, _ = await switched_on(world, person)
    proof = {"password": PASSWORD}
    calls: list[tuple[str, str, dict[str, str]]] = [
        ("PUT", "me/password", {**proof, "new_password": "szesc czarnych kotow"}),
        ("POST", "me/email-changes", {**proof, "email": "anna.kowalska@example.org"}),
        ("POST", "me/deletion", proof),
    ]
    for method, path, body in calls:
        assert fields(await person.call(method, path, body)) == {"code": "code_needed"}
        answer = await person.call(method, path, {**body, "code": app.at(world.clock.now)})
        assert answer.is_success, answer.text
        world.clock.forward(seconds=30)
        person.access_token = (await person.refresh()).json()["access_token"]
        if path == "me/password":
            proof["password"] = body["new_password"]
            for _, _, later in calls[1:]:
                later["password"] = body["new_password"]


async def test_a_state_that_does_not_fit_is_a_conflict(world: AccountsWorld) -> None:
    person = await world.somebody()
    assert (await person.call("PUT", "me/second-factor", {"code": "123456"})).json()["code"] == "not_set_up"
    removal = await person.call("POST", "me/second-factor/removals", {"password": PASSWORD})
    assert removal.json()["code"] == "not_set_up"
    app, _ = await switched_on(world, person)
    body = {"password": PASSWORD, "code": app.at(world.clock.now)}
    assert (await person.call("POST", "me/second-factor/setups", body)).json()["code"] == "already_on"


async def test_the_session_that_began_a_setup_alone_sees_it_and_ends_it(world: AccountsWorld) -> None:
    await world.active_account()
    owner, other = Browser(world.client), Browser(world.client)
    await owner.sign_in()
    await other.sign_in()
    await owner.send("/account/second-factor?lang=en", password=PASSWORD)
    seen = await other.get("/account/second-factor/setup?lang=en")
    assert (seen.status_code, seen.headers["location"]) == (303, "/account/second-factor?lang=en")

    app = pyotp.TOTP(await shown_secret(owner))
    right_code = {"code": app.at(world.clock.now)}
    tried = await other.send("/account/second-factor/setup?lang=en", **right_code)
    assert tried.headers["location"] == "/account/second-factor?lang=en"
    switched_on = await owner.send("/account/second-factor/setup?lang=en", **right_code)
    assert "Your recovery codes" in switched_on.text


async def test_who_sets_up_an_app_elsewhere_begins_anew_there(world: AccountsWorld) -> None:
    person, elsewhere = await world.somebody(), await world.signed_in()
    earlier, later = pyotp.TOTP(await set_up(person)), pyotp.TOTP(await set_up(elsewhere))
    ended = await person.call("PUT", "me/second-factor", {"code": earlier.at(world.clock.now)})
    assert ended.json()["code"] == "not_set_up"
    answer = await elsewhere.call("PUT", "me/second-factor", {"code": later.at(world.clock.now)})
    assert answer.status_code == 200


async def test_a_setup_lasts_an_hour(world: AccountsWorld) -> None:
    person = await world.somebody()
    secret = await set_up(person)
    world.clock.forward(minutes=61)
    person.access_token = (await person.refresh()).json()["access_token"]
    answer = await person.call("PUT", "me/second-factor", {"code": pyotp.TOTP(secret).at(world.clock.now)})
    assert answer.json()["code"] == "not_set_up"


async def test_a_new_secret_of_the_service_locks_nobody_out(world: AccountsWorld) -> None:
    app, codes = await switched_on(world, await world.somebody())
    renewed = dataclasses.replace(world.parts, secrets=[b"a fresh one of at least 32 bytes!", *world.parts.secrets])
    async with client_of(renewed) as client:
        later = dataclasses.replace(world, client=client)
        assert (await later.sign_in(code=app.at(world.clock.now))).status_code == 201
        assert (await later.sign_in(code=codes[0])).status_code == 201
