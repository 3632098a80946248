"""What is sealed only the private key opens."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from tests.sealing_keys import generate_keys

from shared.runtime.sealing import SealBroken, Sealer, Unsealer


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private.json", tmp_path / "public.json"
    generate_keys(private, public)
    return private, public


def test_what_was_sealed_is_opened(keys: tuple[Path, Path]) -> None:
    sealed = Sealer(keys[1]).seal("zażółć@example.org")
    assert "example" not in sealed
    assert Unsealer(keys[0]).open(sealed) == "zażółć@example.org"


def test_the_same_text_is_sealed_differently_each_time(keys: tuple[Path, Path]) -> None:
    sealer = Sealer(keys[1])
    assert sealer.seal("anna@example.org") != sealer.seal("anna@example.org")


def test_an_old_key_still_opens_after_a_new_one_was_made(keys: tuple[Path, Path], tmp_path: Path) -> None:
    sealed = Sealer(keys[1]).seal("token")
    generate_keys(tmp_path / "new-private.json", tmp_path / "new-public.json")
    new, old = (json.loads(path.read_text())["keys"] for path in (tmp_path / "new-private.json", keys[0]))
    both = tmp_path / "both.json"
    both.write_text(json.dumps({"keys": new + old}))
    assert Unsealer(both).open(sealed) == "token"
    assert Unsealer(both).open(Sealer(tmp_path / "new-public.json").seal("other")) == "other"


def test_who_opens_can_seal_to_itself_and_no_private_half_goes_along(keys: tuple[Path, Path]) -> None:
    sealed = Sealer(keys[0]).seal("anna@example.org")
    assert Unsealer(keys[0]).open(sealed) == "anna@example.org"
    header = json.loads(urlsafe_b64decode(sealed.split(".")[0] + "=="))
    assert header["kid"] == json.loads(keys[1].read_text())["keys"][0]["kid"]
    assert "d" not in header["epk"]


def test_another_key_opens_nothing(keys: tuple[Path, Path], tmp_path: Path) -> None:
    sealed = Sealer(keys[1]).seal("token")
    generate_keys(tmp_path / "other.json", tmp_path / "other-public.json")
    with pytest.raises(SealBroken):
        Unsealer(tmp_path / "other.json").open(sealed)


@pytest.mark.parametrize("broken", ["", "token", "a.b.c.d.e", "e30.e30.e30.e30.e30", "ż.ó.ł.t.y"])
def test_what_is_no_seal_is_refused(broken: str, keys: tuple[Path, Path]) -> None:
    with pytest.raises(SealBroken):
        Unsealer(keys[0]).open(broken)


def test_a_changed_seal_is_refused(keys: tuple[Path, Path]) -> None:
    header, key, vector, text, tag = Sealer(keys[1]).seal("token").split(".")
    changed = ("A" if text[0] != "A" else "B") + text[1:]
    with pytest.raises(SealBroken):
        Unsealer(keys[0]).open(f"{header}.{key}.{vector}.{changed}.{tag}")


def test_the_private_key_is_its_owners_alone(keys: tuple[Path, Path]) -> None:
    assert keys[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "{}",
        '{"keys": []}',
        '{"keys": [{"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}',
    ],
)
def test_a_file_that_is_no_key_set_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=str(path)):
        Unsealer(path)
