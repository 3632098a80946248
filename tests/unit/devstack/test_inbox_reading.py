"""What the inbox reads out of a mail, however broken the mail is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.inbox.reading import attachment_body, links_in_text, read_content, read_heading

ACTIVATION = (
    b"From: =?utf-8?q?Dzwonek_szko=C5=82y?= <no-reply@dzwonek.example>\r\n"
    b"To: anna@example.org\r\n"
    b"Subject: =?utf-8?b?QWt0eXd1aiA=?=\r\n =?utf-8?b?a29udG8g4oCT?= (14 dni)\r\n"
    b"Message-ID: <a1@dzwonek.example>\r\nX-Dzwonek-Kind: activation\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n'
    b'--m\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
    b"--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"RHppZcWEIGRvYnJ5IGh0dHBzOi8vZHp3b25lay5leGFtcGxlL2FjdGl2YXRlL3QxLg==\r\n"
    b"--a\r\nContent-Type: text/html; charset=iso-8859-2\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b'<p>Dzie\xf1 dobry <a href="https://dzwonek.example/activate/t1">dalej</a>'
    b'<a href="https://dzwonek.example/terms?a=1&amp;b=2">regulamin</a><a href="javascript:alert(1)">x</a>\r\n'
    b"--a--\r\n"
    b"--m\r\nContent-Type: text/markdown\r\nContent-Disposition: attachment; filename=terms.md\r\n\r\n"
    b"# Terms\r\n--m--\r\n"
)


def test_the_heading_is_decoded() -> None:
    heading = read_heading(ACTIVATION)
    assert heading.from_ == "Dzwonek szkoły <no-reply@dzwonek.example>"
    assert heading.subject == "Aktywuj konto – (14 dni)"
    assert (heading.message_id, heading.kind) == ("<a1@dzwonek.example>", "activation")


def test_text_html_links_and_attachments_are_found() -> None:
    content = read_content(ACTIVATION)
    assert content.text == "Dzień dobry https://dzwonek.example/activate/t1."
    assert content.html is not None
    assert "Dzień dobry" in content.html
    assert content.links == ("https://dzwonek.example/activate/t1", "https://dzwonek.example/terms?a=1&b=2")
    assert [(file.name, file.media_type, file.size) for file in content.attachments] == [
        ("terms.md", "text/markdown", 7)
    ]
    assert attachment_body(ACTIVATION, 0) == b"# Terms"
    assert attachment_body(ACTIVATION, 1) is None


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: Ocena z fizyki \xc5\x82\r\n\r\n", "Ocena z fizyki ł"),
        (b"Subject: \xff\xfe\r\n\r\n", "��"),
        (b"Subject: =?no-such-charset?q?=C5=82?=\r\n\r\n", "ł"),
        (b"Subject: =?utf-8?b?a?=\r\n\r\n", "=?utf-8?b?a?="),
        (b"Subject: =?utf-8?q?=FF?= \\ud800 x\r\n\r\n", "� ? x"),
        (b"Subject: =?rot13?q?abc?=\r\n\r\n", "abc"),
        (b"Subject:\r\n\r\n", None),
        (b"\r\nSubject: in the body\r\n", None),
        (b"", None),
    ],
)
def test_a_strange_subject_is_shown_as_well_as_it_can_be(raw: bytes, subject: str | None) -> None:
    assert read_heading(raw).subject == subject


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("(see https://a.example/b_(c)).", ["https://a.example/b_(c)"]),
        ("<https://a.example/x>, HTTP://b.example!", ["https://a.example/x", "HTTP://b.example"]),
        ("https://a.example/?q=1&r=2#top\nnext", ["https://a.example/?q=1&r=2#top"]),
        ("no link: http:// or ftp://a.example", []),
    ],
)
def test_links_in_text_end_where_a_reader_would_end_them(text: str, links: list[str]) -> None:
    assert [text[begin:end] for begin, end in links_in_text(text)] == links


def test_parts_within_parts_without_end_are_not_followed() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i) for i in range(3000))
    assert read_content(deep).text is None


WORDS = st.sampled_from(
    [
        b"Content-Type: ", b"text/html", b"text/plain", b"multipart/mixed; boundary=x", b"; charset=", b"; charset*=",
        b"a\x00b", b"utf-7", b"idna", b"punycode''%ff", b"utf-16", b"hex", b"\r\n", b"\r\n\r\n", b"--x", b"--x--",
        b"Content-Transfer-Encoding: ", b"base64", b"x-uuencode", b"quoted-printable", b"begin 644 a", b"=?utf-8?b?",
        b"?=", b"=?\xff?q?", b"Subject: ", b"<![", b"<!x", b"<a href=", b"'https://a.example", b"&#xd800;", b"\xc5",
        b"Content-Disposition: attachment; filename*=", b"a\x00'b'%ff", b"+2AA-", b"http://", b";", b"\"",
    ]
)  # fmt: skip


@given(st.lists(WORDS | st.binary(max_size=8), max_size=24).map(b"".join))
def test_no_mail_is_too_broken_to_be_shown(raw: bytes) -> None:
    content = read_content(raw)
    content.model_dump_json()
    read_heading(raw).model_dump_json()
    for number in range(len(content.attachments)):
        assert attachment_body(raw, number) is not None
