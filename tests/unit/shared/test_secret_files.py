"""The secret files of an installation: fresh, apart by service, never overwritten."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.runtime.sealing import Sealer, Unsealer
from shared.runtime.secret_files import SecretLost, missing_secret_files, write_secret_files


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_accounts_seals_notifications_opens(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    sealed = Sealer(tmp_path / "accounts-api" / "sealing-public.json").seal("anna@rodzina.example.org")
    assert (
        Unsealer(tmp_path / "notifications-seals" / "sealing-private.json").open(sealed) == "anna@rodzina.example.org"
    )


def test_a_second_time_changes_nothing_and_makes_what_is_new(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    first = contents(tmp_path)
    (tmp_path / "accounts-api" / "access-keys.json").unlink()
    assert write_secret_files(tmp_path) == [tmp_path / "accounts-api" / "access-keys.json"]
    second = contents(tmp_path)
    assert {path for path in first if first[path] != second[path]} == {"accounts-api/access-keys.json"}


def test_a_lost_public_half_is_made_of_the_private_one(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    public = tmp_path / "accounts-api" / "sealing-public.json"
    before = public.read_text()
    public.unlink()
    assert write_secret_files(tmp_path) == [public]
    assert public.read_text() == before


def test_a_lost_private_half_is_not_made_up(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    (tmp_path / "notifications-seals" / "sealing-private.json").unlink()
    with pytest.raises(SecretLost, match="Bring it back from your copy"):
        write_secret_files(tmp_path)
    command = [sys.executable, "-m", "shared.runtime.secret_files", str(tmp_path)]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 2
    assert "sealing-private.json is gone" in tried.stderr
    assert len(tried.stderr.splitlines()) == 1


def test_an_empty_file_is_none(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    password = tmp_path / "accounts" / "database-password"
    password.chmod(0o600)
    password.write_text("")
    assert missing_secret_files(tmp_path) == [Path("accounts/database-password")]
    assert write_secret_files(tmp_path) == [password]
    assert password.read_text()
    assert password.stat().st_mode & 0o777 == 0o444


def test_nothing_is_left_of_a_writing_that_was_interrupted(tmp_path: Path) -> None:
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "database-password.new").write_text("half")
    write_secret_files(tmp_path)
    assert not list(tmp_path.rglob("*.new"))
    assert (tmp_path / "accounts" / "database-password").read_text() != "half"


def test_no_other_user_of_the_machine_comes_near_them(tmp_path: Path) -> None:
    write_secret_files(tmp_path / "secrets")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_no_two_installations_share_a_secret(tmp_path: Path) -> None:
    write_secret_files(tmp_path / "one")
    write_secret_files(tmp_path / "two")
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


def test_access_tokens_are_signed_with_ed25519(tmp_path: Path) -> None:
    write_secret_files(tmp_path)
    (key,) = json.loads((tmp_path / "accounts-api" / "access-keys.json").read_text())["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert {"d", "kid"} <= key.keys()


def test_what_is_missing_is_said_with_the_mend(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shared.runtime.secret_files", str(tmp_path), "--look", "write them"]
    looked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert looked.returncode == 2
    assert looked.stderr == "the secret file notifications-seals/sealing-private.json is missing: write them\n"
    write_secret_files(tmp_path)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
