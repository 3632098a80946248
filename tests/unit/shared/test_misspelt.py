"""A misspelt variable is told of by its name alone, and the variables of other processes are not."""

import pytest
import structlog

from accounts.settings import ApiSettings
from devstack.documents.all import PROCESSES
from notifications.settings.sender import SenderSettings
from shared.runtime.misspelt import misspelt, warn_of_misspelt


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DZWONEK_SMTP_USERNAME", "DZWONEK_SMTP_USER"),
        ("DZWONEK_SMTP_PASSWORD", "DZWONEK_SMTP_PASSWORD_FILE"),
        ("DZWONEK_DATABSE_URL", "DZWONEK_DATABASE_URL"),
        ("dzwonek_loglevel", "DZWONEK_LOG_LEVEL"),
    ],
)
def test_a_misspelt_variable_is_named_with_what_was_meant(name: str, meant: str) -> None:
    assert misspelt(SenderSettings, {name: "tajne"}) == {name.upper(): meant}


@pytest.mark.parametrize("name", ["DZWONEK_COLOUR", "SMTP_USERNAME", "DZWONEK_SMTP_USER", "dzwonek_smtp_user"])
def test_a_variable_that_is_known_or_like_none_is_not(name: str) -> None:
    assert misspelt(SenderSettings, {name: "tajne"}) == {}


@pytest.mark.parametrize("process", PROCESSES)
def test_the_variables_of_the_other_processes_may_stand_beside_ones_own(process: str) -> None:
    everybodys = {f"DZWONEK_{name.upper()}": "x" for settings in PROCESSES.values() for name in settings.model_fields}
    assert misspelt(PROCESSES[process], everybodys) == {}


def test_a_process_warns_in_one_line_without_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DZWONEK_PUBLIC_ULR", "tajne")
    with structlog.testing.capture_logs() as lines:
        warn_of_misspelt(ApiSettings)
    [line] = lines
    assert (line["event"], line["log_level"]) == ("settings_unknown", "warning")
    assert line["meant"] == {"DZWONEK_PUBLIC_ULR": "DZWONEK_PUBLIC_URL"}
    assert "tajne" not in str(line)
