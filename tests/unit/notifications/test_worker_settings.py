"""Wrong settings end the process with one line that names the variable and the mend."""

from pathlib import Path

import pytest
from tests.sealing_keys import generate_keys

from notifications.settings.processes import WorkerSettings
from shared.runtime.settings import read


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A worker's environment in which nothing is wrong."""
    generate_keys(tmp_path / "private.json", tmp_path / "public.json")
    monkeypatch.setenv("DZWONEK_DATABASE_URL", "postgresql://notifications@127.0.0.1:5432/notifications")
    monkeypatch.setenv("DZWONEK_KAFKA_BOOTSTRAP", "127.0.0.1:9092")
    monkeypatch.setenv("DZWONEK_SEALING_PRIVATE_KEYS_FILE", str(tmp_path / "private.json"))
    return monkeypatch


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        read(WorkerSettings)
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_the_retention_has_defaults(environment: pytest.MonkeyPatch) -> None:
    ages = read(WorkerSettings).ages
    assert (ages.mails.days, ages.attempts.days, ages.notice_keys.days) == (365, 90, 365)


@pytest.mark.parametrize("name", ["DATABASE_URL", "KAFKA_BOOTSTRAP", "SEALING_PRIVATE_KEYS_FILE"])
def test_what_is_missing_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    environment.delenv(f"DZWONEK_{name}")
    assert complaint(capsys).startswith(f"DZWONEK_{name} is not set")


def test_attempts_are_not_kept_longer_than_their_mails(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DZWONEK_MAIL_RETENTION_DAYS", "60")
    line = complaint(capsys)
    assert line.startswith("DZWONEK_ATTEMPT_RETENTION_DAYS is wrong")
    assert "DZWONEK_MAIL_RETENTION_DAYS" in line


def test_a_fact_is_known_as_told_as_long_as_its_mail(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DZWONEK_NOTICE_KEY_RETENTION_DAYS", "100")
    assert complaint(capsys).startswith("DZWONEK_NOTICE_KEY_RETENTION_DAYS is wrong")


def test_public_keys_are_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment.setenv("DZWONEK_SEALING_PRIVATE_KEYS_FILE", str(tmp_path / "public.json"))
    assert "give the file with the private keys" in complaint(capsys)


def test_a_file_without_keys_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "other.json").write_text("no keys")
    environment.setenv("DZWONEK_SEALING_PRIVATE_KEYS_FILE", str(tmp_path / "other.json"))
    assert "is no JWK set" in complaint(capsys)
