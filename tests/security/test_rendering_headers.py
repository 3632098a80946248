"""Header fields: any text comes back from a parser as it went in, and nothing from outside can end a line."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.rendering import UnsafeHeader, ascii_address
from notifications.rendering.headers import mailbox_field, message_id, text_field

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300)
BREAKS = ["\r", "\n", "\r\n", "\0", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\udfff"]


def parsed(field: str) -> EmailMessage:
    return message_from_bytes(field.encode("ascii") + b"\r\n\r\n", EmailMessage, policy=policy.default)


@given(WORDS)
@example("Zażółć gęślą jaźń " * 10)
@example("plain words, that need no encoding")
@example("=?utf-8?b?ZmFrZQ==?=")
@example("  spaces   within and around  ")
@example("👩‍👧 Ґанок — «їжак»")
@example("a" * 300)
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    field = text_field("Subject", text)
    assert str(parsed(field)["Subject"]) == text


@given(WORDS)
def test_a_field_is_folded_ascii(text: str) -> None:
    first, *rest = text_field("Subject", text).split("\r\n")
    assert first.startswith("Subject: ")
    assert all(re.match(r" \S", line) for line in rest)
    assert all(len(line) <= 76 and line.isprintable() for line in (first, *rest))


@given(WORDS.filter(lambda text: text.strip() == text and text))
@example("Dzwonek")
@example("Gmina Łódź, wydział oświaty i jeszcze parę słów, żeby trzeba było złamać")
@example('"quoted" <all@example.org>,')
def test_any_display_name_comes_back_with_the_one_address(name: str) -> None:
    field = mailbox_field("From", name, "noreply@dzwonek.example")
    phrase, address = parseaddr(field.removeprefix("From: "))
    assert address == "noreply@dzwonek.example"
    # decode_header, because the parser of EmailMessage in Python 3.11 leaves the space between two encoded words.
    assert str(make_header(decode_header(phrase))) == name
    assert len(parsed(field)["From"].addresses) == 1


@pytest.mark.parametrize("end", BREAKS, ids=repr)
def test_nothing_that_could_end_a_line_reaches_a_header(end: str) -> None:
    with pytest.raises(UnsafeHeader):
        text_field("Subject", f"New mark{end}Bcc: all@example.org")
    with pytest.raises(UnsafeHeader):
        mailbox_field("From", f"Dzwonek{end}", "noreply@dzwonek.example")
    for address in (f"anna{end}@example.org", f"anna@example.org{end}", f"anna@{end}example.org"):
        with pytest.raises(UnsafeHeader):
            ascii_address(address)
    with pytest.raises(UnsafeHeader):
        message_id(f"account-1{end}", "dzwonek.example")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("anna.nowak@example.org", "anna.nowak@example.org"),
        ("anna+school@Example.ORG", "anna+school@Example.ORG"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("biuro@szkoła.example", "biuro@xn--szkoa-n7a.example"),
        ("office@ШКОЛА.example", "office@xn--80atdl2c.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_are_written_in_ascii(address: str, expected: str) -> None:
    assert ascii_address(address) == expected


@pytest.mark.parametrize(
    "address",
    ["", "@", "anna", "@example.org", "anna@", ".anna@example.org", "an na@example.org", "żaneta@example.org",
     "<anna@example.org>", "anna@-example.org", "anna@example..org", "anna@exam_ple.org", "anna@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        ascii_address(address)


@given(st.text(max_size=80))
def test_an_address_is_refused_or_safe(address: str) -> None:
    try:
        written = ascii_address(address)
    except UnsafeHeader:
        return
    assert re.fullmatch(r"[!-~]+@[A-Za-z0-9.-]+", written)
    assert not set(written) & set('<>()[],;:\\" ')
