"""Contradictory settings of the sender are refused at start, with the mend."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError
from tests.sealing_keys import generate_keys

from notifications.settings.sender import SenderSettings
from shared.runtime.secret_files import write_secret_files
from shared.runtime.settings import complaint, read


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
        "relay_signs_dkim": True,
    }


def test_tls_with_a_checked_certificate_is_the_default(facts: dict[str, Any], tmp_path: Path) -> None:
    settings = SenderSettings(**facts, smtp_user="dzwonek", smtp_password_file=tmp_path / "password")
    assert (settings.smtp_tls, settings.smtp_port) == ("starttls", 587)
    assert settings.relay.credentials is not None
    assert settings.relay.credentials.password == "hush"
    assert settings.relay.helo == "dzwonek.example.org"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "mailpit"])
def test_plain_text_is_for_the_inbox_of_a_demo(facts: dict[str, Any], host: str) -> None:
    assert SenderSettings(**{**facts, "smtp_host": host}, smtp_tls="none", demo=True).smtp_tls == "none"


@pytest.mark.parametrize(
    ("changes", "variable", "mend"),
    [
        ({"smtp_tls": "none"}, "DZWONEK_SMTP_TLS", "make it starttls or tls"),
        ({"smtp_tls": "none", "smtp_host": "127.0.0.1"}, "DZWONEK_SMTP_TLS", "make it starttls or tls"),
        ({"public_url": "http://127.0.0.1:8000"}, "DZWONEK_PUBLIC_URL", "begins with https://"),
        ({"smtp_user": "dzwonek"}, "DZWONEK_SMTP_PASSWORD_FILE", "a user needs a password"),
        ({"lease_seconds": 40}, "DZWONEK_LEASE_SECONDS", "make it at least 50"),
        ({"smtp_content_seconds": 300}, "DZWONEK_LEASE_SECONDS", "make it at least 320"),
        ({"mail_from_address": "Dzwonek"}, "DZWONEK_MAIL_FROM_ADDRESS", "give one like"),
        ({"mail_from_address": "a@b.example\r\nBcc: x@y.example"}, "DZWONEK_MAIL_FROM_ADDRESS", "give one like"),
        ({"smtp_ca_file": Path("/nowhere.pem")}, "DZWONEK_SMTP_CA_FILE", "give a PEM file"),
        ({"verp_domain": "no domain"}, "DZWONEK_VERP_DOMAIN", "give one like"),
        ({"smtp_host": "relay/example"}, "DZWONEK_SMTP_HOST", "give a name like"),
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
        SenderSettings(**facts, **secrets, smtp_tls="none", demo=True)


@pytest.fixture
def environment(facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A sender's environment in which nothing is wrong."""
    for name, value in facts.items():
        monkeypatch.setenv(f"DZWONEK_{name.upper()}", str(value))
    return monkeypatch


def last_word(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        read(SenderSettings)
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("name", ["message_id_domain", "verp_domain", "smtp_helo"])
@pytest.mark.parametrize("host", ["a..b", ".example", "example.", "x" * 64 + ".example", ".".join(["a" * 60] * 5)])
def test_a_host_name_with_empty_or_long_labels_is_refused_in_plain_words(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, host: str
) -> None:
    environment.setenv(f"DZWONEK_{name.upper()}", host)
    line = last_word(capsys)
    assert line.startswith(f"DZWONEK_{name.upper()} is wrong: it is no host name; give one like dzwonek.example.org")


def test_an_international_host_name_becomes_punycode(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DZWONEK_VERP_DOMAIN", "żółw.example")
    assert read(SenderSettings).verp_domain == "xn--w-uga1v8h.example"


@pytest.mark.parametrize("name", ["Dzwonek\nBcc: x@y.example", "Dzwo\x07nek", "Dzwonek\r", "   "])
def test_a_name_that_would_break_the_header_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    environment.setenv("DZWONEK_MAIL_FROM_NAME", name)
    line = last_word(capsys)
    assert line.startswith("DZWONEK_MAIL_FROM_NAME is wrong")
    assert "give a" in line


@pytest.mark.parametrize("content", [b"garbage", b"\xff\xfe\x00"], ids=["text", "binary"])
@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("sealing_private_keys_file", "give the file with the private keys"),
        ("verp_key_file", "give a file with keys of at least 64 hex digits"),
        ("smtp_ca_file", "give a PEM file"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    mend: str,
    content: bytes,
) -> None:
    (tmp_path / "other").write_bytes(content)
    environment.setenv(f"DZWONEK_{name.upper()}", str(tmp_path / "other"))
    line = last_word(capsys)
    assert line.startswith(f"DZWONEK_{name.upper()} is wrong")
    assert mend in line


@pytest.mark.parametrize("content", ["zz", "ab" * 31, "ab" * 32 + "\nzz"])
def test_a_key_of_envelope_senders_is_long_and_hex(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "verp.key").write_text(content)
    assert last_word(capsys).startswith("DZWONEK_VERP_KEY_FILE is wrong")


def test_public_keys_open_nothing(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment.setenv("DZWONEK_SEALING_PRIVATE_KEYS_FILE", str(tmp_path / "public.json"))
    assert "holds a public key, which opens nothing; give the file with the private keys" in last_word(capsys)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"two\nlines"])
def test_a_password_is_one_line_of_text(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "password").write_bytes(content)
    environment.setenv("DZWONEK_SMTP_USER", "dzwonek")
    environment.setenv("DZWONEK_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
    assert "give a file with the password alone" in last_word(capsys)


@pytest.fixture
def signed(facts: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """The settings of a sender that signs by itself."""
    write_secret_files(tmp_path / "secrets")
    key = tmp_path / "secrets" / "notifications-sender" / "dkim-key.pem"
    own = {"dkim_key_file": key, "dkim_domain": "dzwonek.example.org", "dkim_selector": "dzwonek-2026"}
    return {**facts, **own, "relay_signs_dkim": False}


def test_a_sender_that_signs_has_a_key_a_domain_and_a_selector(signed: dict[str, Any]) -> None:
    assert SenderSettings(**signed).dkim_key_file == signed["dkim_key_file"]


@pytest.mark.parametrize("name", ["dkim_key_file", "dkim_domain", "dkim_selector"])
def test_without_one_of_them_it_refuses_to_start(signed: dict[str, Any], name: str) -> None:
    del signed[name]
    with pytest.raises(ValidationError) as refused:
        SenderSettings(**signed)
    assert complaint(refused.value).startswith(f"DZWONEK_{name.upper()} is wrong: ")


def test_a_demo_or_a_relay_that_signs_needs_no_key(facts: dict[str, Any]) -> None:
    assert SenderSettings(**facts).relay_signs_dkim
    assert SenderSettings(**{**facts, "relay_signs_dkim": False}, demo=True).dkim_key_file is None


def test_a_signature_is_that_of_the_senders_domain_or_one_above(signed: dict[str, Any]) -> None:
    assert SenderSettings(**{**signed, "dkim_domain": "EXAMPLE.org"}).dkim_domain is not None
    for other in ("example.com", "zwonek.example.org", "mail.dzwonek.example.org"):
        with pytest.raises(ValidationError, match=r"a signature for them is that of dzwonek\.example\.org"):
            SenderSettings(**{**signed, "dkim_domain": other})


def test_a_selector_is_one_label(signed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no selector"):
        SenderSettings(**{**signed, "dkim_selector": "a.b"})


@pytest.mark.parametrize("kind", ["short", "curve", "words"])
def test_a_key_that_receivers_do_not_take_is_refused(signed: dict[str, Any], tmp_path: Path, kind: str) -> None:
    words = b"no key"
    if kind != "words":
        short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that is the point
        key = short if kind == "short" else ec.generate_private_key(ec.SECP256R1())
        words = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(words)
    with pytest.raises(ValidationError) as refused:
        SenderSettings(**{**signed, "dkim_key_file": tmp_path / "key.pem"})
    assert complaint(refused.value).startswith(f"DZWONEK_DKIM_KEY_FILE is wrong: {tmp_path / 'key.pem'} holds no ")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("sealing_private_keys_file", "notifications-seals/sealing-private.json"),
        ("verp_key_file", "notifications-sender/verp-key"),
        ("dkim_key_file", "notifications-sender/dkim-key.pem"),
    ],
)
def test_the_secrets_of_a_demo_are_refused(signed: dict[str, Any], tmp_path: Path, name: str, file: str) -> None:
    write_secret_files(tmp_path / "demo", demo=True)
    changed = {**signed, name: tmp_path / "demo" / file}
    with pytest.raises(ValidationError) as refused:
        SenderSettings(**changed)
    assert "holds a secret of the demo; give one of your own" in complaint(refused.value)
    assert SenderSettings(**changed, demo=True).demo
