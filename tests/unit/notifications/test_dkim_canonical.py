"""The canonical form is the one that receivers compute."""

from dkim.canonicalization import Relaxed
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.dkim.canonical import fields_of, relaxed_body, relaxed_field

BLANKS = st.text(" \t", max_size=3)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
LINES = st.lists(st.tuples(BLANKS, WORDS, BLANKS, WORDS, BLANKS).map("".join), max_size=6)
NAMES = st.text("abcXYZ-", min_size=1, max_size=10)


@given(LINES)
@example([])
@example(["", "", ""])
@example(["text", " \t", ""])
@example(["text \t"])
def test_of_a_body(lines: list[str]) -> None:
    body = "".join(f"{line}\r\n" for line in lines).encode()
    expected: bytes = Relaxed.canonicalize_body(body)
    assert relaxed_body(body) == expected


@given(NAMES, BLANKS, st.lists(st.tuples(BLANKS, WORDS, BLANKS, WORDS), min_size=1, max_size=4))
def test_of_a_field_however_it_is_folded(name: str, gap: str, parts: list[tuple[str, str, str, str]]) -> None:
    value = "\r\n ".join("".join(part) for part in parts)
    field = f"{name}{gap}:{value}".encode()
    [(_, expected)] = Relaxed.canonicalize_headers([(name.encode() + gap.encode(), value.encode() + b"\r\n")])
    assert relaxed_field(field) + b"\r\n" == name.lower().encode() + b":" + expected


def test_a_folded_field_is_one_field() -> None:
    head = b"From: a@example.org\r\nSubject: =?utf-8?b?xZs=?=\r\n =?utf-8?b?xIc=?=\r\nTO : b@example.org"
    assert fields_of(head) == [
        (b"from", b"From: a@example.org"),
        (b"subject", b"Subject: =?utf-8?b?xZs=?=\r\n =?utf-8?b?xIc=?="),
        (b"to", b"TO : b@example.org"),
    ]
