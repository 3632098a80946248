"""Which addresses are accepted and which are the same."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.email_address import MAX_LENGTH, parse_email
from accounts.domain.refusal import Refused


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("anna.nowak@example.org", "anna.nowak@example.org"),
        ("Anna+Szkola@Example.ORG", "Anna+Szkola@example.org"),
        ("o'brien_1@mail.example.com", "o'brien_1@mail.example.com"),
        ("jan@żółw.example", "jan@xn--w-uga1v8h.example"),
        ("jan@Straße.example", "jan@xn--strae-oqa.example"),
        ("jan@xn--w-uga1v8h.example", "jan@xn--w-uga1v8h.example"),
        ("jan@школа.example", "jan@xn--80atdl2c.example"),
    ],
)
def test_the_local_part_is_kept_as_given_and_the_domain_in_ascii(given_text: str, kept: str) -> None:
    assert parse_email(given_text).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.org",
        "anna@",
        "anna@example",
        "anna@@example.org",
        "anna nowak@example.org",
        "anna@example..org",
        "anna@exa mple.org",
        ".anna@example.org",
        "anna@[127.0.0.1]",
        '"anna nowak"@example.org',
        "Anna <anna@example.org>",
        "anna@example.org\r\nBcc: all@example.org",
        "anna\n@example.org",
        "anna\0@example.org",
        "anna@\ud800.example",
        "anna@example.org, jan@example.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_email(text)
    assert refused.value.code == "email_invalid"


@pytest.mark.parametrize("text", ["zażółć@example.org", "анна@example.org", "\ud800@example.org", "\uff41@example.org"])
def test_a_local_part_beyond_ascii_has_a_code_of_its_own(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_email(text)
    assert refused.value.code == "email_local_part_not_ascii"


@pytest.mark.parametrize("text", ["a" * 300, f"anna@{'a' * 60}.{'b' * 300}.example"])
def test_three_hundred_characters_are_too_many(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_email(text)
    assert refused.value.code == "email_too_long"


def test_an_address_that_grows_too_long_in_ascii_is_refused() -> None:
    domain = ".".join(["żółćżółćżółćżółćżółć"] * 11) + ".example"
    assert len(f"a@{domain}") <= MAX_LENGTH
    with pytest.raises(Refused):
        parse_email(f"a@{domain}")


def test_spellings_of_one_address_have_one_key() -> None:
    spellings = [
        "Anna@Żółw.example",
        "anna@ŻÓŁW.example",
        "ANNA@xn--w-uga1v8h.example",
        "anna@z\u0307o\u0301łw.example",
    ]
    assert len({parse_email(spelling).key for spelling in spellings}) == 1


@given(st.text(string.ascii_letters + string.digits + "._-+'", min_size=1, max_size=70), st.text(max_size=40))
def test_whatever_is_accepted_is_printable_ascii_with_one_at_and_stays_accepted(local_part: str, domain: str) -> None:
    try:
        address = parse_email(f"{local_part}@{domain}.example")
    except Refused:
        return
    assert address.text.isascii()
    assert address.text.isprintable()
    assert address.text.count("@") == 1
    assert len(address.text) <= MAX_LENGTH
    assert parse_email(address.text) == address


@given(st.text(max_size=300))
def test_any_text_is_accepted_or_refused_with_a_code_of_its_field(text: str) -> None:
    try:
        parse_email(text)
    except Refused as refused:
        code = refused.code
    else:
        code = "email_accepted"
    assert code.startswith("email_")
