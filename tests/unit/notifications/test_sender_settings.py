"""Contradictory settings of the sender are refused at start, with the mend."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from notifications.sender_settings import SenderSettings
from shared.runtime.sealing import generate_keys
from shared.runtime.settings import complaint


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, Any]:
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    (tmp_path / "verp.key").write_text("ab" * 32)
    (tmp_path / "password").write_text("hush\n")
    return {
        "database_url": "postgresql://notifications@127.0.0.1/notifications",
        "public_url": "https://dzwonek.example.org",
        "sealing_private_keys_file": tmp_path / "private.json",
        "smtp_host": "relay.example.org",
        "mail_from_address": "noreply@dzwonek.example.org",
        "message_id_domain": "dzwonek.example.org",
        "verp_domain": "bounces.dzwonek.example.org",
        "verp_key_file": tmp_path / "verp.key",
    }


def test_tls_with_a_checked_certificate_is_the_default(facts: dict[str, Any], tmp_path: Path) -> None:
    settings = SenderSettings(**facts, smtp_user="dzwonek", smtp_password_file=tmp_path / "password")
    assert (settings.smtp_tls, settings.smtp_port) == ("starttls", 587)
    assert settings.relay.credentials is not None
    assert settings.relay.credentials.password == "hush"
    assert settings.relay.helo == "dzwonek.example.org"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_plain_text_is_for_a_relay_on_this_machine(facts: dict[str, Any], host: str) -> None:
    assert SenderSettings(**{**facts, "smtp_host": host}, smtp_tls="none").smtp_tls == "none"


def test_plain_text_elsewhere_has_to_be_allowed(facts: dict[str, Any]) -> None:
    assert SenderSettings(**facts, smtp_tls="none", smtp_plain_text_allowed=True).smtp_tls == "none"


@pytest.mark.parametrize(
    ("changes", "variable", "mend"),
    [
        ({"smtp_tls": "none"}, "DZWONEK_SMTP_TLS", "make it starttls or tls"),
        ({"smtp_user": "dzwonek"}, "DZWONEK_SMTP_PASSWORD_FILE", "a user needs a password"),
        ({"lease_seconds": 40}, "DZWONEK_LEASE_SECONDS", "make it at least 50"),
        ({"smtp_content_seconds": 300}, "DZWONEK_LEASE_SECONDS", "make it at least 320"),
        ({"mail_from_address": "Dzwonek"}, "DZWONEK_MAIL_FROM_ADDRESS", "give one like"),
        ({"mail_from_address": "a@b.example\r\nBcc: x@y.example"}, "DZWONEK_MAIL_FROM_ADDRESS", "give one like"),
        ({"smtp_ca_file": Path("/nowhere.pem")}, "DZWONEK_SMTP_CA_FILE", "give the path"),
        ({"verp_domain": "no domain"}, "DZWONEK_VERP_DOMAIN", "pattern"),
    ],
)
def test_contradictions_name_the_variable_and_the_mend(
    facts: dict[str, Any], changes: dict[str, Any], variable: str, mend: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        SenderSettings(**{**facts, **changes})
    line = complaint(refused.value)
    assert line.startswith(variable)
    assert mend in line


def test_a_password_never_crosses_the_network_in_plain_text(facts: dict[str, Any], tmp_path: Path) -> None:
    secrets: dict[str, Any] = {"smtp_user": "dzwonek", "smtp_password_file": tmp_path / "password"}
    with pytest.raises(ValidationError, match="plain text"):
        SenderSettings(**facts, **secrets, smtp_tls="none", smtp_plain_text_allowed=True)
