"""A wrong setting ends the process with one line that names the variable and the mend."""

from pathlib import Path

import pytest
from pydantic import Field

from shared.runtime.settings import KafkaSettings, PublicSettings, SecretFile, Settings, read


class Example(Settings, KafkaSettings, PublicSettings):
    secret_file: SecretFile = Field(description="A secret.")


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    environment = {
        "DZWONEK_DATABASE_URL": "postgresql://anna:tajne@127.0.0.1:5432/accounts",
        "DZWONEK_KAFKA_BOOTSTRAP": "127.0.0.1:9092,127.0.0.1:9093",
        "DZWONEK_PUBLIC_URL": "https://dzwonek.example.org",
        "DZWONEK_SECRET_FILE": str(secret),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.mark.usefixtures("good")
def test_good_settings_are_read() -> None:
    settings = read(Example)
    assert settings.kafka_prefix == ""
    assert str(settings.public_url) == "https://dzwonek.example.org/"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", None, "DZWONEK_DATABASE_URL is not set"),
        ("DATABASE_URL", "mysql://tajne@x/y", "DZWONEK_DATABASE_URL is wrong: give an address that begins with"),
        ("DATABASE_URL", "tajne", "begins with postgresql://"),
        ("DATABASE_URL", "postgresql://tajne@x:y/z", "DZWONEK_DATABASE_URL is wrong"),
        ("DATABASE_POOL_SIZE", "many", "DZWONEK_DATABASE_POOL_SIZE is wrong"),
        ("DATABASE_URL", "postgresql+asyncpg://tajne@x/y", "begins with postgresql://"),
        ("KAFKA_BOOTSTRAP", "kafka", "give addresses as host:port"),
        ("KAFKA_BOOTSTRAP", "127.0.0.1:99999", "give addresses as host:port"),
        ("KAFKA_BOOTSTRAP", "a:1,,b:2", "give addresses as host:port"),
        ("KAFKA_PREFIX", "No Dot", "with a dot at the end"),
        ("PUBLIC_URL", "dzwonek", "DZWONEK_PUBLIC_URL is wrong"),
        ("PUBLIC_URL", "http://dzwonek.example.org", "begins with https://"),
        ("PUBLIC_URL", "https://dzwonek.example.org/a?b=c", "host and port alone"),
        ("PUBLIC_URL", "https://anna:tajne@dzwonek.example.org", "host and port alone"),
        ("LOG_LEVEL", "loud", "DZWONEK_LOG_LEVEL is wrong"),
        ("OTLP_ENDPOINT", "collector", "DZWONEK_OTLP_ENDPOINT is wrong"),
        ("OTLP_ENDPOINT", "http://anna:tajne@collector:4318", "without a password"),
        ("TRACE_RATIO", "1.5", "DZWONEK_TRACE_RATIO is wrong"),
        ("PORT", "70000", "DZWONEK_PORT is wrong"),
        ("SECRET_FILE", "/nowhere", "/nowhere cannot be read (No such file or directory)"),
        ("SECRET_FILE", "/dev/null", "/dev/null is empty"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    name: str,
    value: str | None,
    said: str,
    good: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if value is None:
        monkeypatch.delenv(f"DZWONEK_{name}")
    else:
        monkeypatch.setenv(f"DZWONEK_{name}", value)
    with pytest.raises(SystemExit) as ended:
        read(Example)
    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in line
    assert line.count("\n") == 1
    assert "tajne" not in line


def test_several_wrong_settings_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "KAFKA_BOOTSTRAP", "PUBLIC_URL", "SECRET_FILE"):
        monkeypatch.delenv(f"DZWONEK_{name}", raising=False)
    with pytest.raises(SystemExit):
        read(Example)
    assert "(and 3 more)" in capsys.readouterr().err


def test_the_password_of_the_database_comes_from_a_file(good: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path(good["DZWONEK_SECRET_FILE"]).write_text("p@ss/w:rd\n")
    monkeypatch.setenv("DZWONEK_DATABASE_PASSWORD_FILE", good["DZWONEK_SECRET_FILE"])
    monkeypatch.setenv("DZWONEK_DATABASE_URL", "postgresql://accounts@db.example:5432/accounts")
    assert str(read(Example).database_url) == "postgresql://accounts:p%40ss%2Fw%3Ard@db.example:5432/accounts"


@pytest.mark.parametrize("url", ["postgresql://anna:tajne@db.example/accounts", "postgresql://db.example/accounts"])
def test_an_address_with_a_password_of_its_own_contradicts_the_file(
    good: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("DZWONEK_DATABASE_PASSWORD_FILE", good["DZWONEK_SECRET_FILE"])
    monkeypatch.setenv("DZWONEK_DATABASE_URL", url)
    with pytest.raises(SystemExit):
        read(Example)
    line = capsys.readouterr().err
    assert "give a user and no password" in line
    assert "tajne" not in line


def test_an_empty_variable_is_not_set(
    good: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DZWONEK_PUBLIC_URL", "")
    with pytest.raises(SystemExit):
        read(Example)
    assert capsys.readouterr().err.startswith("DZWONEK_PUBLIC_URL is not set: ")
