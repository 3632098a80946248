"""Reads a mail for people and tests. Pure, and whatever the bytes are it answers: what cannot be read is left out."""

import re
from collections.abc import Callable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from html.parser import HTMLParser

from devstack.inbox.mail import Attachment, Content, Header, Heading

MAX_HEAD = 256 * 1024
"""Bytes of a header section that are looked at."""

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_LINK = re.compile(r"https?://[^\s<>\"'`\x00-\x1f]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def read_heading(raw: bytes) -> Heading:
    """What the header section says, without looking at the body."""
    end = _HEAD_END.search(raw, 0, MAX_HEAD)
    # The old parser takes everything; the new policies raise on some of what strangers send.
    head = BytesHeaderParser().parsebytes(raw[: end.end() if end else MAX_HEAD])
    return Heading(
        message_id=_header(head, "Message-ID"),
        kind=_header(head, "X-Dzwonek-Kind"),
        from_=_header(head, "From"),
        to=_header(head, "To"),
        subject=_header(head, "Subject"),
    )


def read_content(raw: bytes) -> Content:
    """The whole mail. Of several texts or HTML parts the first is its body; the others are attachments."""
    try:
        return _content(BytesParser().parsebytes(raw))
    except RecursionError:  # thousands of parts within parts: none of ours, and the raw mail can still be looked at
        return Content(headers=(), text=None, html=None, links=(), attachments=())


def attachment_body(raw: bytes, number: int) -> bytes | None:
    """The decoded bytes of one attachment, counted from 0 as in `Content.attachments`. None: there is none."""
    try:
        attached = _parts(BytesParser().parsebytes(raw))[2]
    except RecursionError:
        return None
    return _payload(attached[number]) if number < len(attached) else None


def links_in_text(text: str) -> Iterator[tuple[int, int]]:
    """Where links begin and end in plain text. The full stop after a link and a bracket around it are not its own."""
    for found in _LINK.finditer(text):
        begin, end = found.span()
        while end > begin and _is_punctuation(text[begin:end]):
            end -= 1
        yield begin, end


def _is_punctuation(link: str) -> bool:
    last = link[-1]
    return last in _AFTER_LINK or (last in _PAIRS and link.count(last) > link.count(_PAIRS[last]))


def _content(mail: Message) -> Content:
    text, html, attached = _parts(mail)
    found = [*_links_in_html(html or ""), *((text or "")[begin:end] for begin, end in links_in_text(text or ""))]
    return Content(
        headers=tuple(Header(name=_readable(name), value=_decoded(value)) for name, value in mail.raw_items()),
        text=text,
        html=html,
        links=tuple(dict.fromkeys(found)),
        attachments=tuple(
            Attachment(
                name=_told(part.get_filename, "unnamed"),
                media_type=_told(part.get_content_type, "application/octet-stream"),
                size=len(_payload(part)),
            )
            for part in attached
        ),
    )


def _parts(mail: Message) -> tuple[str | None, str | None, list[Message]]:
    """Text, HTML and the remaining parts."""
    text = html = None
    attached = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        inline = part.get_content_disposition() != "attachment"
        if inline and text is None and part.get_content_type() == "text/plain":
            text = _text(part)
        elif inline and html is None and part.get_content_type() == "text/html":
            html = _text(part)
        else:
            attached.append(part)
    return text, html, attached


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except ValueError:  # broken uuencode
        return b""
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    return _in_charset(_payload(part), _told(part.get_content_charset, "utf-8")).replace("\r\n", "\n")


def _told(ask: Callable[[], str | None], otherwise: str) -> str:
    """What a part says of itself. The standard library raises where a parameter's charset is nonsense (RFC 2231)."""
    try:
        return _readable(ask() or otherwise)
    except (LookupError, ValueError):
        return otherwise


def _in_charset(data: bytes, charset: str) -> str:
    try:
        return _readable(data.decode(charset, "replace"))
    except (LookupError, ValueError):  # an unknown charset, or a codec that is none of text
        return data.decode("utf-8", "replace")


def _header(head: Message, name: str) -> str | None:
    """The first header of that name. None: there is none, or it says nothing."""
    values = (value for key, value in head.raw_items() if key.casefold() == name.casefold())
    return _decoded(next(values, "")) or None


def _decoded(value: str) -> str:
    """A header's value unfolded and with its encoded words decoded (RFC 2047)."""
    unfolded = _readable(_FOLD.sub("", value)).strip()
    try:
        words = decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return unfolded
    # Beside encoded words the standard library hands out the plain ones as bytes of this codec.
    parts = (
        word if isinstance(word, str) else _in_charset(word, charset or "raw-unicode-escape") for word, charset in words
    )
    return "".join(parts).strip()


def _readable(text: str) -> str:
    """Text that any JSON and any page can hold: stray bytes in it are taken as UTF-8, else shown as �."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return text.encode("utf-8", "replace").decode("utf-8")


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value.strip() for name, value in attrs if tag == "a" and name == "href" and value]


def _links_in_html(html: str) -> list[str]:
    anchors = _Anchors()
    try:
        anchors.feed(html)
        anchors.close()
    except AssertionError:  # how the parser says that a declaration is broken
        pass
    return [link for link in anchors.links if _LINK.match(link)]
