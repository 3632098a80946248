"""The DNS record that an operator publishes for the key."""

import re
from pathlib import Path

import pytest
from tests.signatures import DOMAIN, SELECTOR, signer, write_key
from typer.testing import CliRunner

from notifications.__main__ import app
from notifications.dkim.record import record_of


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What the command reads; a sender needs far more."""
    return {
        "DZWONEK_DKIM_KEY_FILE": str(write_key(tmp_path / "dkim.pem")),
        "DZWONEK_DKIM_DOMAIN": DOMAIN,
        "DZWONEK_DKIM_SELECTOR": SELECTOR,
    }


def test_the_command_prints_name_and_value(environment: dict[str, str]) -> None:
    printed = CliRunner().invoke(app, ["dkim", "record"], env=environment)
    assert printed.exit_code == 0
    record = record_of(signer())
    assert printed.stdout.splitlines() == [
        f"name   {SELECTOR}._domainkey.{DOMAIN}",
        "type   TXT",
        f"value  {record.value}",
        f"zone   {record.zone_line}",
    ]


def test_the_record_of_the_next_key_is_printed_before_it_signs(environment: dict[str, str], tmp_path: Path) -> None:
    following = write_key(tmp_path / "next.pem", bits=3072)
    command = ["dkim", "record", "--selector", "spring-2027", "--key-file", str(following)]
    printed = CliRunner().invoke(app, command, env=environment)
    assert printed.exit_code == 0
    name, _, value, _ = printed.stdout.splitlines()
    assert name == f"name   spring-2027._domainkey.{DOMAIN}"
    assert value != f"value  {record_of(signer()).value}"


@pytest.mark.parametrize("option", [["--selector", "no.selector"], ["--key-file", "/nowhere.pem"]])
def test_a_wrong_option_is_told_in_one_line(environment: dict[str, str], option: list[str]) -> None:
    printed = CliRunner().invoke(app, ["dkim", "record", *option], env=environment)
    assert printed.exit_code == 2
    assert len(printed.stderr.splitlines()) == 1


def test_no_string_of_a_zone_file_is_longer_than_dns_allows() -> None:
    record = record_of(signer(4096))
    strings = re.findall(r'"([^"]*)"', record.zone_line)
    assert max(map(len, strings)) <= 255
    assert "".join(strings) == record.value


@pytest.mark.parametrize("missing", ["DZWONEK_DKIM_KEY_FILE", "DZWONEK_DKIM_DOMAIN", "DZWONEK_DKIM_SELECTOR"])
def test_what_is_missing_is_named_in_one_line(environment: dict[str, str], missing: str) -> None:
    del environment[missing]
    printed = CliRunner().invoke(app, ["dkim", "record"], env=environment)
    assert printed.exit_code == 2
    assert missing in printed.stderr
    assert len(printed.stderr.splitlines()) == 1
