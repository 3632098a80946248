"""Access tokens: what is believed, for how long, and what is not."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from shared.runtime.auth.access_tokens import LEEWAY, SignedIn, TokenRefused, UnknownKey, Verifier, issue
from shared.runtime.auth.signing_keys import SigningKeys, generate_signing_keys

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
WHO = SignedIn(uuid4(), uuid4(), "a-form-token", NOW, NOW + timedelta(minutes=10))
KEY = OKPKey.generate_key("Ed25519", {"kid": "first"}, private=True)
OTHER = OKPKey.generate_key("Ed25519", {"kid": "second"}, private=True)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def verifier(*keys: OKPKey, now: datetime = NOW) -> Verifier:
    return Verifier(lambda: KeySet([*(keys or (KEY,))]), Clock(now))


def fault(token: str, **options: datetime) -> str:
    with pytest.raises(TokenRefused) as caught:
        verifier(**options).check(token)
    return caught.value.fault


def test_a_token_says_who_is_signed_in() -> None:
    assert verifier().check(issue(KEY, WHO)) == WHO


def test_the_token_of_a_school_login_says_who_it_is_and_as_what() -> None:
    at_school = replace(WHO, person_id=uuid4(), login_kind="guardian", scope_id=uuid4())
    assert verifier().check(issue(KEY, at_school)) == at_school


SOME_ID = str(uuid4())


@pytest.mark.parametrize(
    "more",
    [
        {"person": SOME_ID},
        {"login": "staff"},
        {"person": SOME_ID, "login": "guardian"},
        {"person": SOME_ID, "login": "head", "scope": SOME_ID},
        {"person": SOME_ID, "login": "staff", "scope": "school"},
    ],
)
def test_whoever_is_somebody_at_school_has_to_be_it_as_something(more: dict[str, str]) -> None:
    claims = json.loads(urlsafe_b64decode(issue(KEY, WHO).split(".")[1] + "=="))
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "first"}
    assert fault(jwt.encode(header, {**claims, **more}, KEY, algorithms=["Ed25519"])) == "token_invalid"


def test_a_token_holds_nothing_about_the_person() -> None:
    claims = json.loads(urlsafe_b64decode(issue(KEY, WHO).split(".")[1] + "=="))
    assert set(claims) == {"aud", "sub", "sid", "form", "iat", "exp"}


def test_clocks_may_be_a_minute_apart_and_no_more() -> None:
    token = issue(KEY, WHO)
    assert verifier(now=NOW - LEEWAY).check(token) == WHO
    assert verifier(now=WHO.expires_at + LEEWAY - timedelta(seconds=1)).check(token) == WHO
    assert fault(token, now=WHO.expires_at + LEEWAY + timedelta(seconds=1)) == "token_expired"
    assert fault(token, now=NOW - LEEWAY - timedelta(seconds=1)) == "token_invalid"


def test_the_keys_before_and_after_a_change_are_good_at_a_time() -> None:
    both = verifier(OTHER, KEY)
    assert both.check(issue(KEY, WHO)) == WHO
    assert both.check(issue(OTHER, WHO)) == WHO


def test_a_key_that_is_not_known_is_told_apart() -> None:
    with pytest.raises(UnknownKey):
        verifier().check(issue(OTHER, WHO))


def test_a_token_signed_with_another_key_under_a_known_name_is_refused() -> None:
    forged = OKPKey.generate_key("Ed25519", {"kid": "first"}, private=True)
    assert fault(issue(forged, WHO)) == "token_invalid"


def test_a_token_that_was_changed_is_refused() -> None:
    head, body, signature = issue(KEY, WHO).split(".")
    claims = json.loads(urlsafe_b64decode(body + "=="))
    other = urlsafe_b64encode(json.dumps({**claims, "sub": str(uuid4())}).encode()).decode().rstrip("=")
    assert fault(f"{head}.{other}.{signature}") == "token_invalid"


def test_no_other_algorithm_is_taken() -> None:
    claims = {"aud": "dzwonek", "sub": str(uuid4()), "sid": str(uuid4()), "form": "x", "iat": 0, "exp": 2**40}
    public = json.dumps(KEY.as_dict(private=False))
    with_public_key = jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(public))
    body = with_public_key.split(".")[1]
    none = urlsafe_b64encode(b'{"alg":"none","kid":"first","typ":"at+jwt"}').decode().rstrip("=")
    for token in (with_public_key, f"{none}.{body}.", f"{none}.{body}"):
        assert fault(token) == "token_invalid"


@pytest.mark.parametrize(
    "change",
    [{"aud": "other"}, {"sub": "7"}, {"sid": None}, {"exp": "soon"}, {"iat": None}, {"exp": 10**30}, {"sub": None}],
    ids=str,
)
def test_a_token_of_ours_with_wrong_claims_is_refused(change: dict[str, object]) -> None:
    claims = json.loads(urlsafe_b64decode(issue(KEY, WHO).split(".")[1] + "=="))
    claims = {name: value for name, value in {**claims, **change}.items() if value is not None}
    token = jwt.encode({"alg": "Ed25519", "kid": "first", "typ": "at+jwt"}, claims, KEY, algorithms=["Ed25519"])
    assert fault(token) == "token_invalid"


def test_a_token_of_another_type_is_refused() -> None:
    claims = json.loads(urlsafe_b64decode(issue(KEY, WHO).split(".")[1] + "=="))
    token = jwt.encode({"alg": "Ed25519", "kid": "first", "typ": "JWT"}, claims, KEY, algorithms=["Ed25519"])
    assert fault(token) == "token_invalid"


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "ł.ł.ł", "x" * 5000, "e30.e30.e30"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert fault(token) == "token_invalid"


def test_signing_keys_come_from_a_file_and_publish_no_private_half(tmp_path: Path) -> None:
    generate_signing_keys(tmp_path / "keys.json")
    keys = SigningKeys(tmp_path / "keys.json")
    published = [key for key in keys.published.keys if isinstance(key, OKPKey)]
    assert verifier(*published).check(issue(keys.signing, WHO)) == WHO
    assert '"d"' not in json.dumps(keys.jwks())
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"keys": []}',
        json.dumps({"keys": [KEY.as_dict(private=False)]}),
        json.dumps({"keys": [KEY.as_dict(private=True), KEY.as_dict(private=True)]}),
    ],
)
def test_a_file_that_cannot_sign_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(ValueError, match=r"keys\.json"):
        SigningKeys(tmp_path / "keys.json")


def test_the_form_token_goes_with_the_session() -> None:
    renewed = replace(WHO, issued_at=NOW + timedelta(minutes=9), expires_at=NOW + timedelta(minutes=19))
    assert verifier(now=renewed.issued_at).check(issue(KEY, renewed)).form_token == WHO.form_token
