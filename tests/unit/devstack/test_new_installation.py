"""`make secrets` begins an installation and never touches one that is there."""

from pathlib import Path

from devstack.new_installation import begin, empty_values
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
    assert "DZWONEK_SMTP_HOST" not in empty_values(tmp_path / ".env")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_nobody_else_of_the_machine_reads_it(tmp_path: Path) -> None:
    list(begin(tmp_path))
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_none_of_its_secrets_is_a_demos(tmp_path: Path) -> None:
    list(begin(tmp_path))
    assert not [path for path in (tmp_path / "secrets").rglob("*") if path.is_file() and DEMO_MARK in path.read_text()]
