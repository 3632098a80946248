"""`make secrets` begins an installation and never touches one that is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from devstack.new_installation import begin
from shared.runtime.settings import DEMO_MARK


def test_it_says_what_is_left_to_fill_in_and_to_publish(tmp_path: Path) -> None:
    said = "\n".join(begin(tmp_path))
    for name in ("DZWONEK_PUBLIC_URL", "DZWONEK_SMTP_HOST", "DZWONEK_MAIL_FROM_ADDRESS", "DZWONEK_DKIM_DOMAIN"):
        assert name in said
    assert "v=DKIM1; k=rsa; p=MII" in said


def test_what_was_filled_in_stays_and_no_secret_changes(tmp_path: Path) -> None:
    list(begin(tmp_path))
    filled = (tmp_path / ".env").read_text().replace("DZWONEK_SMTP_HOST=", "DZWONEK_SMTP_HOST=relay.example.org")
    (tmp_path / ".env").write_text(filled)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    said = list(begin(tmp_path))
    assert not [line for line in said if line.endswith("written")]
    [left] = [line for line in said if line.startswith("Left to fill in")]
    assert "DZWONEK_SMTP_HOST" not in left
    assert "DZWONEK_PUBLIC_URL" in left
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_record_is_that_of_the_domain_and_the_selector_in_use(tmp_path: Path) -> None:
    list(begin(tmp_path))
    values = {"DZWONEK_DKIM_DOMAIN=": "DZWONEK_DKIM_DOMAIN=example.org", "SELECTOR=dzwonek": "SELECTOR=spring-2027"}
    text = (tmp_path / ".env").read_text()
    for empty, filled in values.items():
        text = text.replace(empty, filled)
    (tmp_path / ".env").write_text(text)
    assert "Left to publish, unless the relay signs: spring-2027._domainkey.example.org TXT" in list(begin(tmp_path))


@pytest.mark.parametrize("content", ["no key\n", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_named_in_one_line(tmp_path: Path, content: str) -> None:
    list(begin(tmp_path))
    key = tmp_path / "secrets" / "notifications-sender" / "dkim-key.pem"
    key.chmod(0o600)
    key.write_text(content)
    command = [sys.executable, "-m", "devstack.new_installation"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 2
    assert made.stderr.endswith("dkim-key.pem holds no RSA key in PEM: put yours back, or delete it for a fresh one\n")
    assert len(made.stderr.splitlines()) == 1


def test_nobody_else_of_the_machine_reads_it(tmp_path: Path) -> None:
    list(begin(tmp_path))
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_none_of_its_secrets_is_a_demos(tmp_path: Path) -> None:
    list(begin(tmp_path))
    assert not [path for path in (tmp_path / "secrets").rglob("*") if path.is_file() and DEMO_MARK in path.read_text()]
