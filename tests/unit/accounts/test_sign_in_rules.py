"""The pure rules of signing in: who counts as one network, what a browser is called, how long guesses wait, codes."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.attempts import network_of, waits
from accounts.domain.second_factor import (
    RECOVERY_CODES,
    matching_step,
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
    provisioning_uri,
)
from accounts.domain.sessions import Device
from accounts.domain.user_agent import browser_of, system_of

NOW = datetime(2026, 9, 1, 8, 0, 10, tzinfo=UTC)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
SAMSUNG = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"
CHROME_ON_IPAD = "Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (FIREFOX, "Firefox", "Linux"),
        (EDGE, "Edge", "Windows"),
        (SAMSUNG, "Samsung Internet", "Android"),
        (IPHONE, "Safari", "iPhone"),
        (CHROME_ON_IPAD, "Chrome", "iPad"),
        ("curl/8.5.0", None, None),
        ("", None, None),
    ],
)
def test_a_browser_is_called_by_a_name_of_ours(user_agent: str, browser: str | None, system: str | None) -> None:
    assert (browser_of(user_agent), system_of(user_agent)) == (browser, system)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("no address", "", True),
    ],
)
def test_a_network_is_one_address_or_one_household(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_five_guesses_are_free_and_the_waits_grow_to_an_hour() -> None:
    minutes = [wait / timedelta(minutes=1) for wait in waits()]
    assert minutes == [0, 0, 0, 0, 15, 30, 60]


def test_a_shared_computer_is_left_sooner() -> None:
    assert Device(shared=True).idle == timedelta(minutes=15)
    assert Device(shared=False).idle == timedelta(days=90)
    assert Device(shared=True).access < Device(shared=True).idle / 5


@given(st.integers(min_value=-1, max_value=1))
def test_a_code_is_good_around_its_time_and_never_twice(offset: int) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW, counter_offset=offset)
    step = matching_step(secret, code, NOW, None)
    assert step == int(NOW.timestamp()) // 30 + offset
    assert matching_step(secret, code, NOW, step) is None


@pytest.mark.parametrize("offset", [-2, 2])
def test_a_code_of_another_minute_is_wrong(offset: int) -> None:
    secret = new_secret()
    assert matching_step(secret, pyotp.TOTP(secret).at(NOW, counter_offset=offset), NOW, None) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n6789"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert matching_step(new_secret(), code, NOW, None) is None


def test_the_app_is_told_whose_codes_they_are() -> None:
    uri = provisioning_uri("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "anna+szkola@example.org")
    assert (
        uri
        == "otpauth://totp/Dzwonek:anna%2Bszkola%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Dzwonek"
    )


def test_recovery_codes_are_ten_and_read_however_they_are_written() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        plain = plain_recovery_code(code)
        assert plain is not None
        assert plain_recovery_code(f" {code.upper().replace('-', ' ')} ") == plain


@pytest.mark.parametrize("entered", ["", "abc", "abcde-fghjk-m", "abcde-fgh1k", "123456"])
def test_what_cannot_be_a_recovery_code_is_none(entered: str) -> None:
    assert plain_recovery_code(entered) is None
