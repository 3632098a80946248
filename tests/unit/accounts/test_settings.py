"""Settings that are missing or wrong: one line that names the variable and the mend, exit code 2."""

from pathlib import Path

import pytest
from tests.sealing_keys import generate_keys

from accounts.settings import ApiSettings, WorkerSettings
from shared.runtime.auth.signing_keys import generate_signing_keys
from shared.runtime.secret_files import write_secret_files
from shared.runtime.settings import read


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A good one for the API."""
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    (tmp_path / "secret").write_text("x" * 32)
    monkeypatch.setenv("DZWONEK_DATABASE_URL", "postgresql://accounts@localhost/accounts")
    monkeypatch.setenv("DZWONEK_PUBLIC_URL", "https://dzwonek.example.org")
    monkeypatch.setenv("DZWONEK_SEALING_PUBLIC_KEY_FILE", str(tmp_path / "public.json"))
    monkeypatch.setenv("DZWONEK_ACCOUNTS_SECRET_FILE", str(tmp_path / "secret"))
    generate_signing_keys(tmp_path / "access-keys.json")
    monkeypatch.setenv("DZWONEK_ACCESS_KEYS_FILE", str(tmp_path / "access-keys.json"))
    return monkeypatch


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        read(ApiSettings)
    assert stopped.value.code == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    return line


def test_good_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    settings = read(ApiSettings)
    assert settings.secrets == (b"x" * 32,)
    assert settings.argon_threads >= 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DZWONEK_DATABASE_URL", "mysql://localhost"),
        ("DZWONEK_PUBLIC_URL", "dzwonek.example.org"),
        ("DZWONEK_PUBLIC_URL", "http://dzwonek.example.org"),
        ("DZWONEK_SEALING_PUBLIC_KEY_FILE", "/nowhere/public.json"),
        ("DZWONEK_ACCOUNTS_SECRET_FILE", "/nowhere/secret"),
        ("DZWONEK_ACCESS_KEYS_FILE", "/nowhere/keys"),
        ("DZWONEK_NETWORK_FAILURES", "0"),
        ("DZWONEK_SCHOOL_FAILURES", "0"),
        ("DZWONEK_NETWORK_REQUESTS", "0"),
        ("DZWONEK_ARGON_THREADS", "0"),
        ("DZWONEK_ARGON_QUEUE", "many"),
        ("DZWONEK_PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    environment.setenv(variable, value)
    assert complaint(capsys).startswith(f"{variable} is wrong: ")


@pytest.mark.parametrize(
    "content",
    [
        b"garbage",
        b'{"keys": []}',
        b'{"keys": [{"kty": "EC", "crv": "P-2',
        b"\x80\xff\0",
        b"[]",
        b"7",
        b'{"keys": 7}',
        b'{"keys": [7]}',
    ],
)
def test_a_file_that_seals_nothing_is_refused_at_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "public.json").write_bytes(content)
    assert complaint(capsys).startswith("DZWONEK_SEALING_PUBLIC_KEY_FILE is wrong: ")


def test_the_private_key_is_no_business_of_this_service(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment.setenv("DZWONEK_SEALING_PUBLIC_KEY_FILE", str(tmp_path / "private.json"))
    line = complaint(capsys)
    assert line.startswith("DZWONEK_SEALING_PUBLIC_KEY_FILE is wrong: ")
    assert "public set only" in line


def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.delenv("DZWONEK_PUBLIC_URL")
    assert complaint(capsys).startswith("DZWONEK_PUBLIC_URL is not set: ")


def test_a_secret_that_is_too_short_is_refused_without_being_told(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("short-secret")
    line = complaint(capsys)
    assert line.startswith("DZWONEK_ACCOUNTS_SECRET_FILE is wrong: ")
    assert "short-secret" not in line


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_plain_http_is_for_a_demo_on_this_machine_alone(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    environment.setenv("DZWONEK_PUBLIC_URL", url)
    assert complaint(capsys).startswith("DZWONEK_PUBLIC_URL is wrong: it is plain http")
    environment.setenv("DZWONEK_DEMO", "true")
    assert read(ApiSettings).public_url.scheme == "http"


@pytest.mark.parametrize(
    ("variable", "file"),
    [
        ("DZWONEK_ACCOUNTS_SECRET_FILE", "accounts-api/accounts-secret"),
        ("DZWONEK_ACCESS_KEYS_FILE", "accounts-api/access-keys.json"),
        ("DZWONEK_SEALING_PUBLIC_KEY_FILE", "accounts-api/sealing-public.json"),
        ("DZWONEK_DATABASE_PASSWORD_FILE", "accounts/database-password"),
    ],
)
def test_the_secrets_of_a_demo_are_for_a_demo_alone(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, variable: str, file: str
) -> None:
    write_secret_files(tmp_path / "demo", demo=True)
    environment.setenv("DZWONEK_DATABASE_URL", "postgresql://accounts@localhost/accounts")
    environment.setenv(variable, str(tmp_path / "demo" / file))
    assert complaint(capsys).startswith(f"{variable} is wrong: ")
    environment.setenv("DZWONEK_DEMO", "true")
    assert read(ApiSettings).demo


def test_the_worker_needs_kafka_and_no_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DZWONEK_DATABASE_URL", "postgresql://accounts@localhost/accounts")
    with pytest.raises(SystemExit):
        read(WorkerSettings)
    assert capsys.readouterr().err.startswith("DZWONEK_KAFKA_BOOTSTRAP is not set: ")
    monkeypatch.setenv("DZWONEK_KAFKA_BOOTSTRAP", "localhost:9092")
    assert read(WorkerSettings).scheduler_seconds == 60
