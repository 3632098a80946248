"""Bad input: problem details with a stable code and the field, and nothing of what was sent."""

import json

import pytest
from httpx import Response
from tests.integration.accounts.accounts_world import ADDRESS, PASSWORD, AccountsWorld, fields

from accounts.domain.tokens import new_token
from shared.terms import current_version

GOOD = {"email": ADDRESS, "password": PASSWORD, "age_bracket": "adult", "language": "pl"}
LONG = "x" * 300
BODIES = {
    "registrations": {**GOOD, "terms_version": current_version()},
    "registrations/resend": {"email": ADDRESS},
    "activations": {"token": new_token(), "password": PASSWORD, "terms_version": current_version()},
}
EVERY_FIELD = [(path, field) for path, body in BODIES.items() for field in body]


async def post_raw(world: AccountsWorld, path: str, body: str | bytes) -> Response:
    return await world.client.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_that_is_no_json(world: AccountsWorld, path: str) -> None:
    for body in (b"", b"{", b"not json", b"\xff\xfe", b'{"email": "a@example.org"', b"[" * 20_000):
        answer = await post_raw(world, path, body)
        assert answer.status_code in {400, 422}, body[:20]
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in {"not_json", "bad_request", "invalid_request"}


@pytest.mark.parametrize("path", BODIES)
async def test_json_that_is_no_object(world: AccountsWorld, path: str) -> None:
    for body in ("null", "[]", '"text"', "7", "true"):
        answer = await post_raw(world, path, body)
        assert answer.status_code == 422, body
        assert "body" in fields(answer)


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_that_is_too_large(world: AccountsWorld, path: str) -> None:
    answer = await world.post(path, {**BODIES[path], "more": "x" * 100_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", BODIES)
async def test_an_unknown_field(world: AccountsWorld, path: str) -> None:
    answer = await world.post(path, {**BODIES[path], "state": "active"})

    assert answer.status_code == 422
    assert fields(answer) == {"state": "unknown_field"}


@pytest.mark.parametrize(("path", "field"), EVERY_FIELD)
async def test_a_wrong_type(world: AccountsWorld, path: str, field: str) -> None:
    for value in (7, True, ["a"], {"a": "b"}, 1.5):
        answer = await world.post(path, {**BODIES[path], field: value})
        assert answer.status_code == 422, value
        assert list(fields(answer)) == [field]


@pytest.mark.parametrize(("path", "field"), EVERY_FIELD)
async def test_no_field_takes_line_breaks_nul_lone_surrogates_or_300_characters(
    world: AccountsWorld, path: str, field: str
) -> None:
    for ending in ("\r\nBcc: everybody@example.org", "\n", "\r", "\0", "\ud800", "\udfff", LONG):
        answer = await post_raw(world, path, json.dumps({**BODIES[path], field: f"{BODIES[path][field]}{ending}"}))
        assert answer.status_code == 422, repr(ending)
        assert list(fields(answer)) == [field]
        assert "everybody" not in answer.text
        assert LONG not in answer.text
    assert await world.happened() == []


async def test_a_missing_field(world: AccountsWorld) -> None:
    for field in GOOD:
        answer = await world.post("registrations", {name: value for name, value in GOOD.items() if name != field})
        assert answer.status_code == 422
        assert fields(answer) == {field: "missing"}


BROKEN_RULES = [
    ("email", "anna", "email_invalid"),
    ("email", "", "email_invalid"),
    ("email", "zażółć@example.org", "email_local_part_not_ascii"),
    ("email", f"{LONG}@example.org", "email_too_long"),
    ("email", f"{'a' * 65}@example.org", "email_invalid"),
    ("password", "krótkie", "password_too_short"),
    ("password", "x" * 257, "password_too_long"),
    ("password", "iloveyou", "password_common"),
    ("password", "haslo123", "password_common"),
    ("password", "Password1!", "password_common"),
    ("password", ADDRESS, "password_personal"),
    ("password", "anna.nowak", "password_personal"),
    ("password", "cztery\tzielone", "password_bad_character"),
    ("age_bracket", "18", "unknown_value"),
    ("age_bracket", "", "unknown_value"),
    ("language", "de", "unknown_value"),
    ("language", "PL", "unknown_value"),
    ("terms_version", "2020-01-01", "terms_outdated"),
    ("terms_version", "newest", "wrong_format"),
]


async def test_a_registration_that_breaks_a_rule(world: AccountsWorld) -> None:
    for field, value, code in BROKEN_RULES:
        answer = await world.post("registrations", {**GOOD, field: value})
        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid_request"
        assert fields(answer) == {field: code}, value
    assert await world.rows("accounts") == []


async def test_every_wrong_field_is_told_at_once(world: AccountsWorld) -> None:
    body = {"email": "anna", "password": "krótkie", "age_bracket": "old", "language": "de"}
    answer = await world.post("registrations", body)

    assert list(fields(answer)) == ["email", "password", "age_bracket", "language"]


async def test_international_domains_and_plus_addresses_are_good(world: AccountsWorld) -> None:
    for email in ("anna+szkola@example.org", "jan@żółw.example", "o'neil@example.org"):
        assert (await world.register(email)).status_code == 202
    assert await world.happened() == ["AccountRegistered"] * 3


async def test_a_refusal_never_repeats_the_password(world: AccountsWorld) -> None:
    for password in ("iloveyou", "moje tajne\0haslo", "x" * 300):
        answer = await world.register(password=password)
        assert answer.status_code == 422
        assert password not in answer.text
        assert json.dumps(password)[1:-1] not in answer.text


async def test_an_idempotency_key_that_is_none(world: AccountsWorld) -> None:
    for key in ("", "x" * 256, "a\tb"):
        answer = await world.register(key=key)
        assert answer.status_code == 422
        assert fields(answer) == {"Idempotency-Key": "bad_key"}


async def test_what_is_not_there_is_a_problem_as_well(world: AccountsWorld) -> None:
    for method, path, status in (("GET", "registrations", 405), ("POST", "nothing", 404)):
        answer = await world.client.request(method, f"/api/v1/{path}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
